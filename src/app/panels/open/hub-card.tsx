import { useId, useState } from "react";
import { Button } from "react-aria-components/Button";
import type { HubListing } from "../../actions/hub-actions.ts";
import { useActions, useLab } from "../../components/lab-context.tsx";
import { formatBytes } from "../../format.ts";

/** A model by its name on the Hugging Face Hub: nothing is asked before somebody presses the button. */
export function HubCard() {
  const isBusy = useLab((state) => state.job !== null && !state.job.isBackground);
  const { listHub } = useActions();
  const id = useId();
  const [name, setName] = useState("");
  const [listing, setListing] = useState<HubListing | null>(null);
  const list = async () => {
    const found = await listHub(name);
    if (found !== null) setListing(found);
  };
  return (
    <section className="card" aria-labelledby={`${id}-title`} data-testid="hub-card">
      <h2 id={`${id}-title`}>From the Hugging Face Hub</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy && name.trim() !== "") void list();
        }}
      >
        <div className="choice">
          <label htmlFor={id}>Repository</label>
          <div className="row">
            <input
              id={id}
              className="input hub-name"
              placeholder="owner/name"
              spellCheck={false}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-testid="hub-name"
            />
            <Button className="button" type="submit" isDisabled={isBusy || name.trim() === ""}>
              List its files
            </Button>
          </div>
        </div>
      </form>
      <p className="muted small">
        Only this asks another server, and tells it nothing but the name. Files come into this browser&apos;s private storage.
      </p>
      {listing !== null && <HubFiles key={`${listing.repository.name}@${listing.repository.revision}`} listing={listing} isBusy={isBusy} />}
    </section>
  );
}

/** Files with their sizes; those that make a model are chosen. */
function HubFiles({ listing, isBusy }: { readonly listing: HubListing; readonly isBusy: boolean }) {
  const { openHub } = useActions();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(listing.suggested));
  const files = listing.files.filter(({ path }) => chosen.has(path));
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const toggle = (path: string) => {
    const next = new Set(chosen);
    if (!next.delete(path)) next.add(path);
    setChosen(next);
  };
  return (
    <div data-testid="hub-files">
      <table className="table hub-files">
        <caption className="small muted">
          {listing.repository.name}, {listing.repository.revision}: {listing.files.length} files
        </caption>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className="number">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {listing.files.map(({ path, sizeBytes }) => (
            <tr key={path}>
              <td>
                <label>
                  <input type="checkbox" checked={chosen.has(path)} onChange={() => toggle(path)} /> {path}
                </label>
              </td>
              <td className="number">{formatBytes(sizeBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {files.length === 0 && <p className="small">No file is chosen: none of these looks like the weights of a model.</p>}
      <div className="row">
        <Button className="button primary" isDisabled={isBusy || files.length === 0} onPress={() => void openHub(listing, files)}>
          Download {formatBytes(total)} and open
        </Button>
      </div>
    </div>
  );
}
