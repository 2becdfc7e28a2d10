import { RotateCcw } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { IconButton } from "../parts/button.tsx";
import { efforts, explainRange, type Parameter, parseParameter, showParameter } from "./parameter-table.ts";

export interface ParameterFieldProps {
  readonly parameter: Parameter;
  /** What the person set; `undefined` leaves it to the provider. */
  readonly value: unknown;
  /** An example of the provider's, or its default; `undefined` where it does not take it, or said nothing yet. */
  readonly usual: unknown;
  readonly isRefused: boolean;
  readonly onChange: (value: unknown) => void;
}

export function ParameterField({ parameter, value, usual, isRefused, onChange }: ParameterFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState(showParameter(value));
  const isWrong = typed.trim() !== "" && parseParameter(parameter, typed) === undefined;
  const type = (text: string) => {
    setTyped(text);
    onChange(parseParameter(parameter, text));
  };
  const props = { id, value: typed, "aria-describedby": `${id}-about`, "aria-invalid": isWrong };
  const example = showParameter(usual).replaceAll("\n", ", ");
  const placeholder = example === "" ? "As usual" : `As usual; for example ${example}`;
  return (
    <div className="composer-parameter field">
      <label htmlFor={id}>{parameter.label}</label>
      <div className="composer-parameter-line">
        {toControl()}
        <IconButton
          label={`${parameter.label}: back to default`}
          disabled={typed === ""}
          onClick={() => {
            type("");
            document.getElementById(id)?.focus();
          }}
        >
          <RotateCcw aria-hidden size={16} />
        </IconButton>
      </div>
      <p id={`${id}-about`} className={isWrong ? "wrong" : "muted"}>
        {isWrong
          ? explainRange(parameter)
          : isRefused
            ? "The provider that answered last does not take it."
            : parameter.about}
      </p>
    </div>
  );

  function toControl(): ReactNode {
    if (parameter.kind === "effort")
      return (
        <select {...props} onChange={({ target }) => type(target.value)}>
          <option value="">As usual</option>
          {efforts.map((effort) => (
            <option key={effort}>{effort}</option>
          ))}
        </select>
      );
    if (parameter.kind === "words")
      return <textarea {...props} rows={2} placeholder={placeholder} onChange={({ target }) => type(target.value)} />;
    const { least, most, step } = parameter;
    return (
      <input
        {...props}
        inputMode="decimal"
        placeholder={placeholder}
        onKeyDown={({ key }) => {
          const turn = key === "ArrowUp" ? 1 : key === "ArrowDown" ? -1 : 0;
          if (turn !== 0 && step !== undefined) type(stepped(Number(typed || usual || 0), turn * step, least, most));
        }}
        onChange={({ target }) => type(target.value)}
      />
    );
  }
}

/** Without the tail that adding tenths has. */
function stepped(value: number, by: number, least = -Infinity, most = Infinity): string {
  return String(Number(Math.min(most, Math.max(least, value + by)).toFixed(4)));
}
