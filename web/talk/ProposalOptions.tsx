import type { Option } from "../shared/nouns";
import { say } from "../shared/words";

interface Props {
  proposalId: string;
  options: Option[];
  chosen: string | null;
  isFixed: boolean;
  onPick: (id: string) => void;
}

/** What one can choose among, each with its price. */
export function ProposalOptions({ proposalId, options, chosen, isFixed, onPick }: Props) {
  if (options.length === 0) return null;
  return (
    <fieldset class="options" disabled={isFixed} data-alone={options.length === 1}>
      <legend>{say(options.length === 1 ? "proposal.option" : "proposal.options")}</legend>
      {options.map((one) => (
        <label key={one.id} class="option" data-testid="proposal-option" data-chosen={one.id === chosen}>
          <input type="radio" name={`option-${proposalId}`} value={one.id} checked={one.id === chosen} onChange={() => onPick(one.id)} />
          <span class="option-label">{one.label}</span>
          <Price option={one} />
          {one.note && <span class="option-note">{one.note}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/** What it costs; what it would have cost is struck through, and said so to who cannot see the stroke. */
function Price({ option: { price, waived } }: { option: Option }) {
  if (!price && !waived) return null;
  return (
    <span class="option-price" data-testid="option-price">
      {waived && <><s><span class="hidden-words">{say("proposal.insteadOf")} </span>{waived}</s> </>}
      {price && <span>{price}</span>}
    </span>
  );
}
