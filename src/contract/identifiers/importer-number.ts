const DIGIT = '[0-9\uFF10-\uFF19]';
const HYPHEN = '[-\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]';
const JOINED = '[0-9A-Za-z_\uFF10-\uFF19]';

/**
 * The shapes of CBP importer-of-record numbers: a Social Security Number, an IRS number with or without its
 * suffix, a number that CBP assigned.
 *
 * Boundary: a shape counts where it stands free, that is where neither side touches a Latin letter, a digit, an
 * underscore, or a hyphen that leads on to one. So `0755-12-3456789` (telephone), `JV-12-3456789` and
 * `123456-12345-A` (case numbers) are none, while Chinese text and punctuation may touch it. A label that names
 * such a number lifts the boundary before it: `SSN-123-45-6789`. Hyphens of other scripts and full-width digits
 * count as plain ones. The leading `(?=digit)` spares the look-behind at most places.
 */
const importerNumber = new RegExp(
  `(?=${DIGIT})(?:(?<!${JOINED}|${JOINED}${HYPHEN})|(?<=(?:SSN|EIN|TIN|IRS|IOR)${HYPHEN}?))` +
    `(?:${DIGIT}{3}${HYPHEN}${DIGIT}{2}${HYPHEN}${DIGIT}{4}` +
    `|${DIGIT}{2}${HYPHEN}${DIGIT}{7}(?:[0-9A-Za-z\uFF10-\uFF19]{2})?` +
    `|${DIGIT}{6}${HYPHEN}${DIGIT}{5})` +
    `(?!${JOINED}|${HYPHEN}${JOINED})`,
  'i',
);

/** What every shape begins with; it spares most texts the look-behinds, which took half of the time of a check. */
const digitThenHyphen = new RegExp(DIGIT + HYPHEN);

/**
 * Whether a text holds what could be an importer-of-record number, which can be a person's Social Security Number
 * and is never exchanged (domain.md 2).
 */
export function findsImporterNumber(text: string): boolean {
  return digitThenHyphen.test(text) && importerNumber.test(text);
}
