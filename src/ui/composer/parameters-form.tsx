import { useId, useState } from "react";
import { Button } from "../parts/button.tsx";
import { useAskOptions } from "../state/ask-options.ts";
import { useAcceptedParameters } from "./accepted-parameters.ts";
import { ParameterField } from "./parameter-field.tsx";
import { parameters as table } from "./parameter-table.ts";

export function ParametersForm() {
  const { system, parameters, choice } = useAskOptions();
  const accepted = useAcceptedParameters(choice.provider);
  // Fields hold what is typed, also what is no value: all begin anew where all are emptied.
  const [round, setRound] = useState(0);
  const id = useId();
  const isSet = system !== "" || Object.keys(parameters).length > 0;
  return (
    <div className="composer-parameters-form">
      <p className="muted">They hold for every question asked in this browser, until you change them.</p>
      <div className="field">
        <label htmlFor={id}>System prompt</label>
        <textarea
          id={id}
          rows={3}
          placeholder="How the model is to answer, and what it is to know"
          value={system}
          onChange={({ target }) => useAskOptions.setState({ system: target.value })}
        />
      </div>
      {table.map((parameter) => (
        <ParameterField
          key={`${parameter.name}-${round}`}
          parameter={parameter}
          value={parameters[parameter.name]}
          usual={accepted?.[parameter.name]}
          isRefused={accepted !== undefined && !(parameter.name in accepted)}
          onChange={(value) => setParameter(parameter.name, value)}
        />
      ))}
      <Button
        disabled={!isSet}
        onClick={() => {
          useAskOptions.setState({ system: "", parameters: {} });
          setRound(round + 1);
          document.getElementById(id)?.focus();
        }}
      >
        All back to default
      </Button>
    </div>
  );
}

function setParameter(name: string, value: unknown): void {
  useAskOptions.setState(({ parameters }) => {
    const { [name]: _, ...others } = parameters;
    return { parameters: value === undefined ? others : { ...others, [name]: value } };
  });
}
