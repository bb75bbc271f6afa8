import { useLab } from "../../components/lab-context.tsx";
import { NextStep } from "../../components/next-step.tsx";
import { PanelHead } from "../../components/panel-head.tsx";
import { ProfileSection } from "./profile-section.tsx";
import { RunCard } from "./run-card.tsx";
import { SavedCard } from "./saved-card.tsx";
import { TuningCard } from "./tuning-card.tsx";

/** What this adapter takes for a forward, and which kernels suit it. */
export function Panel() {
  const hasModel = useLab((state) => state.model !== null);
  const hasGpu = useLab((state) => state.adapter.kind !== "missing");
  const profile = useLab((state) => state.profile);
  const saved = useLab((state) => state.savedProfile);
  return (
    <>
      <PanelHead title="Bench" lead="Where a forward spends its time on this adapter, and how near that is to what the adapter can do." />
      {!hasGpu ? (
        <section className="waiting" data-testid="bench-no-adapter">
          <h2>There is no GPU to measure</h2>
          <p>Everything else on this page runs on the CPU meanwhile.</p>
        </section>
      ) : hasModel ? (
        <div className="stack">
          <RunCard />
          <TuningCard />
          {profile !== null && <ProfileSection profile={profile} saved={saved} />}
          <SavedCard />
        </div>
      ) : (
        <NextStep needs="model">
          <p>You will see the time, the bytes and the operations of every kernel, and choose the kernels that suit this adapter.</p>
        </NextStep>
      )}
    </>
  );
}
