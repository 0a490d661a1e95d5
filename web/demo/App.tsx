import { say } from "../shared/words";
import { Board } from "./Board";
import { Cards } from "./Cards";
import { Footer } from "./Footer";
import { Happen } from "./Happen";
import { Hero } from "./Hero";
import { Nav } from "./Nav";
import { PersonaSwitch } from "./PersonaSwitch";
import { Steps } from "./Steps";

export function App() {
  return (
    <>
      <a class="skip" href="#main">{say("demo.skip")}</a>
      <Nav />
      <main id="main">
        <Hero />
        <div class="shelf">
          <PersonaSwitch />
          <Board />
          <Happen />
        </div>
        <Cards />
        <Steps />
      </main>
      <Footer />
    </>
  );
}
