/** ISO 17442: ISO 7064 MOD 97-10 over a value of the right shape, letters counting as 10 to 35. */
export function hasLegalEntityCheck(value: string): boolean {
  let remainder = 0;
  for (const character of value) {
    const worth = Number.parseInt(character, 36);
    remainder = (remainder * (worth > 9 ? 100 : 10) + worth) % 97;
  }
  return remainder === 1;
}
