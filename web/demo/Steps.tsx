import { Icon, type IconName } from "../shared/Icon";
import { say } from "../shared/words";

const steps: { name: "step1" | "step2" | "step3"; icon: IconName }[] = [
  { name: "step1", icon: "shield" },
  { name: "step2", icon: "receipt" },
  { name: "step3", icon: "person" },
];

export function Steps() {
  return (
    <section class="band steps-band" id="concierge-how">
      <h2>{say("demo.howTitle")}</h2>
      <ol class="steps">
        {steps.map(({ name, icon }) => (
          <li key={name}>
            <Icon name={icon} />
            <h3>{say(`demo.${name}`)}</h3>
            <p>{say(`demo.${name}Text`)}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
