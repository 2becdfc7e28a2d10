import { useState } from "react";
import { AskFirst } from "../parts/ask-first.tsx";
import { Button } from "../parts/button.tsx";
import { Segments } from "../parts/segments.tsx";
import { themes, useTheme } from "../shell/theme.ts";
import { forgetPerson } from "../state/person.ts";

/** What this browser keeps by itself, and the server does not know. */
export function BrowserSettings() {
  const theme = useTheme((each) => each.theme);
  const [isAsked, setAsked] = useState(false);
  return (
    <section>
      <h2>This browser</h2>
      <div className="settings-theme">
        <span aria-hidden>Colours</span>
        <Segments
          label="Colours"
          value={theme}
          choices={themes}
          onChange={(value) => useTheme.setState({ theme: value })}
        />
      </div>
      <p>
        It keeps drafts, favourites, what you chose for questions, and provider keys that you entered for this browser
        alone. The server has none of it.
      </p>
      <Button look="danger" onClick={() => setAsked(true)}>
        Clear what this browser keeps
      </Button>
      <AskFirst
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title="Clear what this browser keeps?"
        about="Drafts, favourites, choices and provider keys of this browser are gone then. Chats stay on the server."
        no="Keep it"
        yes="Clear it"
        onYes={() => forgetPerson()}
      />
    </section>
  );
}
