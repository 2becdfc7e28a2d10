import { type ComponentProps, type ReactNode, useId } from "react";

export interface FieldProps extends ComponentProps<"input"> {
  readonly label: string;
  /** Below it: what it is for, or what is wrong with it. */
  readonly hint?: ReactNode;
  readonly isWrong?: boolean;
}

/** A line to be filled in, with its label above it. */
export function Field({ label, hint, isWrong = false, className = "", ...props }: FieldProps) {
  const id = useId();
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        aria-invalid={isWrong}
        {...props}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className={isWrong ? "wrong" : "muted"}>
          {hint}
        </p>
      )}
    </div>
  );
}
