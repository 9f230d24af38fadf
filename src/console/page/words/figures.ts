import { language, say } from './language.ts';

export function count(value: number): string {
  return new Intl.NumberFormat(language()).format(value);
}

export function figure(value: number, digits = 1): string {
  return new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
}

export function bytes(value: number): string {
  if (value < 1024) return say('figure.bytes', { n: count(value) });
  return say('figure.kibibytes', { n: figure(value / 1024) });
}

/** A span in its greatest unit: "19 min", "3 h", "2 d"; a decimal where one digit would be coarse. */
export function span(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 1) return say('figure.ms', { n: figure(Math.max(0, ms), 0) });
  if (seconds < 10) return say('figure.s', { n: figure(seconds) });
  if (seconds < 90) return say('figure.s', { n: figure(seconds, 0) });
  const minutes = seconds / 60;
  if (minutes < 90) return say('figure.min', { n: figure(minutes, 0) });
  const hours = minutes / 60;
  if (hours < 10) return say('figure.h', { n: figure(hours) });
  if (hours < 48) return say('figure.h', { n: figure(hours, 0) });
  return say('figure.d', { n: figure(hours / 24, 0) });
}

/** How long ago, or in how long. */
export function ago(at: Date, now: number): string {
  const ms = now - at.getTime();
  if (Math.abs(ms) < 1000) return say('figure.now');
  return ms >= 0 ? say('figure.ago', { span: span(ms) }) : say('figure.in', { span: span(-ms) });
}

function pad(value: number, digits = 2): string {
  return String(value).padStart(digits, '0');
}

/** `2026-11-23 08:21:07`, in both languages. */
export function utcInstant(at: Date, withMs = false): string {
  const text = at.toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, withMs ? 23 : 19)}`;
}

export function localInstant(at: Date, withMs = false): string {
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`;
  return `${day} ${time}${withMs ? `.${pad(at.getMilliseconds(), 3)}` : ''}`;
}

/** `+08:00`, of this browser at that instant. */
export function localOffset(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** Both, for a hover. */
export function bothInstants(at: Date): string {
  return `${utcInstant(at, true)} UTC\n${localInstant(at, true)} ${localOffset(at)}`;
}
