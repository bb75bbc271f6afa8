import { lazy, Suspense, useEffect, useState } from "react";
import { errorParts } from "../../actions/job-runner.ts";
import { ErrorLine } from "../../components/error-line.tsx";
import { levelChoice, NO_WISH, quantizerText } from "../../results/level-choice.ts";
import type { Side } from "../../results/image-rows.ts";
import type { ErrorParts, LevelSite, LevelsRequest, SiteLevels } from "../../worker/lab-api.ts";
import { isAbort } from "../../worker/error-border.ts";
import { ChoiceSelect } from "../../components/choice.tsx";
import { useActions } from "../../components/lab-context.tsx";
import { useSeen } from "./use-seen.ts";

const LevelFigure = lazy(() => import("../../figures/level-figure.tsx").then((module) => ({ default: module.LevelFigure })));

const PARTS = { channel: "Channel", head: "Head", token: "Token" } as const;

/** Real values at a place of the network and the levels that quantization leaves of them. */
export function LevelsSection(props: { readonly comparison: string; readonly side: Side; readonly sites: readonly LevelSite[] }) {
  const { comparison, side, sites } = props;
  const [wish, setWish] = useState(NO_WISH);
  const [section, isSeen] = useSeen<HTMLElement>();
  const choice = levelChoice(sites, wish);
  const answer = useLevels(choice === null || !isSeen ? null : { comparison, side, site: choice.site.id, entry: choice.entry });
  if (choice === null) return null;
  const { site, entry, titles, blocks } = choice;
  return (
    <section ref={section} className="card" aria-labelledby="levels-title" data-testid="level-section">
      <h2 id="levels-title">The levels</h2>
      <div className="level-choices">
        <ChoiceSelect
          label="Tensor"
          testId="level-tensor"
          value={site.title}
          choices={titles.map((title) => ({ value: title, label: title }))}
          onChange={(title) => setWish({ ...wish, title, entry: 0 })}
        />
        {site.block !== null && (
          <ChoiceSelect
            label="Block"
            testId="level-block"
            value={site.block}
            choices={blocks.map((block) => ({ value: block, label: `block ${block}` }))}
            onChange={(block) => setWish({ ...wish, block })}
          />
        )}
        {site.part !== null && site.part !== "row" && (
          <ChoiceSelect
            label={PARTS[site.part]}
            testId="level-entry"
            value={entry}
            choices={Array.from({ length: site.entries }, (_, i) => ({ value: i, label: `${site.part} ${i}` }))}
            onChange={(chosen) => setWish({ ...wish, entry: chosen })}
          />
        )}
      </div>
      <p className="muted small">{quantizerText(site, entry)}</p>
      <div className="level-box" aria-busy={answer === null} data-testid="level-picture" data-site={answer === null ? "" : site.id}>
        {answer === null ? (
          <p className="muted">Reading values …</p>
        ) : "error" in answer ? (
          <ErrorLine error={answer.error} />
        ) : (
          <Picture site={site} levels={answer.levels} />
        )}
      </div>
    </section>
  );
}

function Picture({ site, levels }: { readonly site: LevelSite; readonly levels: SiteLevels }) {
  const { histogram, codebook, axis, image } = levels;
  if (codebook === null) {
    return (
      <p>
        {site.part === "row"
          ? "Every row has levels of its own, so there are none to draw."
          : "These levels are no whole steps, and have no table."}
      </p>
    );
  }
  return (
    <>
      <Suspense fallback={<p className="muted">Drawing …</p>}>
        <LevelFigure name={nameOf(site)} histogram={histogram} codebook={codebook} axis={axis} />
      </Suspense>
      <p className="muted small">Values of {image}, the first calibration image, before anything is rounded.</p>
    </>
  );
}

function nameOf({ title, block }: LevelSite): string {
  return block === null ? title : `${title} in block ${block}`;
}

type Answer = { readonly levels: SiteLevels } | { readonly error: ErrorParts };

/** The engine's answer to the request as it is now; null while it is on its way. */
function useLevels(request: LevelsRequest | null): Answer | null {
  const { levels } = useActions();
  const [known, setKnown] = useState<{ readonly key: string; readonly answer: Answer } | null>(null);
  const key = JSON.stringify(request);
  useEffect(() => {
    const wanted = JSON.parse(key) as LevelsRequest | null;
    if (wanted === null) return undefined;
    const controller = new AbortController();
    levels(wanted, controller.signal).then(
      (found) => setKnown({ key, answer: { levels: found } }),
      (error: unknown) => {
        if (!isAbort(error)) setKnown({ key, answer: { error: errorParts(error) } });
      },
    );
    return () => controller.abort();
  }, [key, levels]);
  return known?.key === key ? known.answer : null;
}
