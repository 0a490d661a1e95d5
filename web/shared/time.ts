/** Moments worded for a reader: their own clock, plain words. All pure: `now` and the zone are passed in. */
import type { Lang, Moment } from "./nouns";
import { sayIn } from "./words";

const locales: Record<Lang, string> = { en: "en-GB", zh: "zh-CN" };

/** Tests fix the zone; a page leaves it out and gets the reader's own. */
type Zone = string | undefined;

function format(moment: Date, lang: Lang, options: Intl.DateTimeFormatOptions, zone: Zone): string {
  return new Intl.DateTimeFormat(locales[lang], { ...options, ...(zone ? { timeZone: zone } : {}) }).format(moment);
}

function dayNumber(moment: Date, zone: Zone): number {
  const day = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", ...(zone ? { timeZone: zone } : {}) });
  return Math.round(Date.parse(`${day.format(moment)}T00:00:00Z`) / 86_400_000);
}

export function clock(moment: Moment, lang: Lang, zone?: Zone): string {
  return format(new Date(moment), lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, zone);
}

/** "today at 14:20", "tomorrow at 09:00", "Tue 24 Nov at 09:00". */
export function whenWords(moment: Moment, now: Date, lang: Lang, zone?: Zone): string {
  const at = new Date(moment);
  const time = clock(moment, lang, zone);
  const days = dayNumber(at, zone) - dayNumber(now, zone);
  if (days === 0) return sayIn(lang, "time.today", { time });
  if (days === 1) return sayIn(lang, "time.tomorrow", { time });
  if (days === -1) return sayIn(lang, "time.yesterday", { time });
  const far = at.getUTCFullYear() !== now.getUTCFullYear();
  const day = format(at, lang, { weekday: "short", day: "numeric", month: "short", ...(far ? { year: "numeric" } : {}) }, zone).replace(",", "");
  return sayIn(lang, "time.day", { day, time });
}

/** A length of time in its two largest units: "2 h 5 min", "3 days". */
export function lengthWords(ms: number, lang: Lang): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000);
  if (minutes < 1) return sayIn(lang, "time.moment");
  if (minutes < 60) return sayIn(lang, "time.minutes", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return sayIn(lang, "time.days", { n: Math.floor(hours / 24) });
  if (minutes % 60 === 0) return sayIn(lang, "time.hours", { n: hours });
  return sayIn(lang, "time.hoursMinutes", { h: hours, m: minutes % 60 });
}

/** How far a promise is: "in 12 min", "3 min late". */
export function promiseWords(promisedBy: Moment, now: Date, lang: Lang): { late: boolean; text: string } {
  const left = Date.parse(promisedBy) - now.getTime();
  const length = lengthWords(left, lang);
  return left >= 0 ? { late: false, text: sayIn(lang, "time.in", { length }) } : { late: true, text: sayIn(lang, "time.late", { length }) };
}

/** A calendar day as written, whatever the reader's zone: a rule holds from a date, not from a moment. */
export function dayWords(day: string, lang: Lang): string {
  const at = new Date(`${day.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? day : format(at, lang, { day: "numeric", month: "short", year: "numeric" }, "UTC");
}

/** "October 2026", of a month's first day. */
export function monthWords(day: string, lang: Lang): string {
  return format(new Date(`${day.slice(0, 10)}T00:00:00Z`), lang, { month: "long", year: "numeric" }, "UTC");
}

/** The whole moment with its zone, for who points at a short one. */
export function fullWords(moment: Moment, lang: Lang, zone?: Zone): string {
  return format(new Date(moment), lang, { dateStyle: "full", timeStyle: "long" }, zone);
}
