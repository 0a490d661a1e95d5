/** The launcher's drawing, made by DOM calls: the loader carries no framework. */
import { mark } from "../shared/mark-paths";

const SVG = "http://www.w3.org/2000/svg";

export function launcherArt(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("aria-hidden", "true");
  for (const { d, opacity } of mark) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("opacity", opacity);
    svg.append(path);
  }
  return svg;
}
