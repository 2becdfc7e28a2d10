import { Switch as Base } from "@base-ui/react/switch";

export interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}

export function Switch({ label, isOn, onChange, isDisabled = false }: SwitchProps) {
  return (
    <label className="switch-field">
      <Base.Root className="switch" checked={isOn} onCheckedChange={onChange} disabled={isDisabled}>
        <Base.Thumb className="switch-thumb" />
      </Base.Root>
      {label}
    </label>
  );
}
