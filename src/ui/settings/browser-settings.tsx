import { useState } from "react";
import { Button } from "../parts/button.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { forgetPerson } from "../state/person.ts";

/** What this browser keeps by itself, and the server does not know. */
export function BrowserSettings() {
  const [isAsked, setAsked] = useState(false);
  return (
    <section>
      <h2>This browser</h2>
      <p>
        It keeps drafts, favourites, what you chose for questions, and provider keys that you entered for this browser
        alone. The server has none of it.
      </p>
      <Button look="danger" onClick={() => setAsked(true)}>
        Clear what this browser keeps
      </Button>
      <Dialog
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title="Clear what this browser keeps?"
        about="Drafts, favourites, choices and provider keys of this browser are gone then. Chats stay on the server."
      >
        <div className="settings-choice">
          <Button onClick={() => setAsked(false)}>Keep it</Button>
          <Button look="danger" onClick={forgetPerson}>
            Clear it
          </Button>
        </div>
      </Dialog>
    </section>
  );
}
