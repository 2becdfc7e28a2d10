import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { Switch } from "../parts/switch.tsx";
import { expiries } from "./expiry.ts";
import { publish } from "./publish.ts";

const usualExpiry = 30 * 86_400;

/** A chat that is not shared yet: for how long it is to be, and whether it goes on there. */
export function NewShare({ chatId }: { readonly chatId: string }) {
  const first = useRef<HTMLSelectElement>(null);
  // Also where a link was just taken back, and what had the focus is gone.
  useEffect(() => first.current?.focus(), []);
  const [expiresIn, setExpiresIn] = useState<number>(usualExpiry);
  const [isLive, setIsLive] = useState(true);
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => publish({ chatId, isLive, expiresIn }),
  });
  return (
    <form
      className="share-form"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <SelectField
        ref={first}
        label="The link ends"
        value={expiresIn}
        onChange={({ target }) => setExpiresIn(Number(target.value))}
      >
        {expiries.map(({ seconds, label }) => (
          <option key={seconds} value={seconds}>
            {label}
          </option>
        ))}
      </SelectField>
      <Switch label="Add new answers while Parley is open" isOn={isLive} onChange={setIsLive} />
      {error && <Failure error={error} />}
      <div className="share-actions">
        <Button type="submit" look="primary" disabled={isPending}>
          {isPending ? "Creating…" : "Create the link"}
        </Button>
      </div>
    </form>
  );
}
