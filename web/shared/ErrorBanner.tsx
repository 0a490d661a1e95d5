import { Icon } from "./Icon";
import { say } from "./words";

export interface Way {
  label: string;
  go: () => void;
}

/** What happened and the way on. */
export function ErrorBanner({ text, way, dismiss, quiet = false }: { text: string; way?: Way | null; dismiss?: () => void; quiet?: boolean }) {
  return (
    <div class="banner" data-testid="error-banner" data-tone={quiet ? "quiet" : "bad"} role={quiet ? "status" : "alert"}>
      <Icon name={quiet ? "clock" : "alert"} />
      <p>{text}</p>
      {way && (
        <button type="button" class="button small" onClick={way.go}>
          {way.label}
        </button>
      )}
      {dismiss && (
        <button type="button" class="icon-button" aria-label={say("common.dismiss")} onClick={dismiss}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
