/** One of a few; the choice is the caller's, usually a parameter of the address. */
export function Choice<T extends string>({
  label,
  options,
  value,
  choose,
}: {
  label: string;
  options: readonly { value: T; name: string }[];
  value: T;
  choose(value: T): void;
}) {
  return (
    <fieldset className="switch">
      <legend className="visually-hidden">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => choose(option.value)}
        >
          {option.name}
        </button>
      ))}
    </fieldset>
  );
}
