import { type ComponentProps, useId } from "react";

export interface SelectFieldProps extends ComponentProps<"select"> {
  readonly label: string;
}

/** One of several, with a label above it. */
export function SelectField({ label, className = "", ...props }: SelectFieldProps) {
  const id = useId();
  return (
    <div className={`field ${className}`}>
      <label htmlFor={id}>{label}</label>
      <select id={id} {...props} />
    </div>
  );
}
