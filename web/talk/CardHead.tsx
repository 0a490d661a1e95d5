import { Icon, type IconName } from "../shared/Icon";

/** A card's sign, what it is, and its title. */
export function CardHead({ icon, eyebrow, title }: { icon: IconName; eyebrow: string; title: string }) {
  return (
    <header class="card-head">
      <Icon name={icon} />
      <div>
        <p class="card-eyebrow">{eyebrow}</p>
        <h3>{title}</h3>
      </div>
    </header>
  );
}
