import type { ComponentChildren } from "preact";
import type { Item, MessageItem, Talk } from "../shared/fold";
import type { Waiting } from "../shared/outbox";
import type { Actions } from "./actions";
import { BotMessage } from "./BotMessage";
import { HandoffCard } from "./HandoffCard";
import { Notice } from "./Notice";
import { partOf } from "./parts";
import { PersonMessage } from "./PersonMessage";
import { ProposalCard } from "./ProposalCard";
import { ReceiptCard } from "./ReceiptCard";
import { WaitingMessage } from "./WaitingMessage";

interface Props {
  talk: Talk;
  reader: "traveller" | "staff";
  waiting: readonly Waiting[];
  actions: Actions | null;
  sayAgain: (clientId: string) => void;
  /** What the desk puts below a bot's reply. */
  below?: ((message: MessageItem) => ComponentChildren) | undefined;
}

/** Everything that happened, in its order, then what is on its way. */
export function Items({ talk, reader, waiting, actions, sayAgain, below }: Props) {
  const last = talk.items.map((item) => item.is === "message").lastIndexOf(true);
  return (
    <>
      {talk.items.map((item, i) => (
        <OneItem key={`${item.is}-${item.id}`} item={item} talk={talk} reader={reader} actions={actions} newest={i === last && waiting.length === 0} below={below} />
      ))}
      {waiting.map((one) => (
        <WaitingMessage key={one.clientId} waiting={one} role={reader} again={() => sayAgain(one.clientId)} />
      ))}
    </>
  );
}

type OneProps = Pick<Props, "talk" | "reader" | "actions" | "below"> & { item: Item; newest: boolean };

function OneItem({ item, talk, reader, actions, newest, below }: OneProps) {
  switch (item.is) {
    case "message":
      if (item.role === "bot") return <BotMessage message={item} thumb={talk.thumbs[item.id] ?? null} newest={newest} actions={actions} below={below?.(item)} />;
      return <PersonMessage message={item} ours={item.role === reader} />;
    case "proposal": {
      const proposal = talk.proposals[item.id];
      return proposal ? <ProposalCard proposal={proposal} actions={actions} /> : null;
    }
    case "receipt": {
      const receipt = talk.receipts[item.id];
      if (!receipt) return null;
      return <ReceiptCard receipt={receipt} proposal={talk.proposals[receipt.proposal_id] ?? null} part={partOf(receipt, talk)} actions={actions} />;
    }
    case "ticket": {
      const ticket = talk.tickets[item.id];
      return ticket ? <HandoffCard ticket={ticket} reader={reader} actions={actions} /> : null;
    }
    case "notice":
      return <Notice notice={item} />;
  }
}
