/** An amount as each language says it, like the server's cards: "CNY 1,200", "1,200 元". */
import type { Lang } from "./nouns";
import { sayIn, type Word } from "./words";

const units: Record<string, Word> = { CNY: "money.CNY", EUR: "money.EUR", USD: "money.USD", GBP: "money.GBP", SGD: "money.SGD", JPY: "money.JPY", AUD: "money.AUD" };

export function moneyWords(amount: number | string, currency: string, lang: Lang): string {
  const number = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 }).format(Number(amount));
  const word = units[currency];
  return word ? sayIn(lang, word, { number }) : `${currency} ${number}`;
}
