import { say } from "../shared/words";
import { isResuming, staff } from "./desk";
import { Desk } from "./Desk";
import { SignIn } from "./SignIn";

/** The door, or the desk behind it. */
export function App() {
  if (isResuming.value) return <p class="desk-wait" role="status">{say("common.loading")}</p>;
  return staff.value ? <Desk /> : <SignIn />;
}
