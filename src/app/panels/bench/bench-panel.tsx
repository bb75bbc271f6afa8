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
  const profile = useLab((state) => state.profile);
  const saved = useLab((state) => state.savedProfile);
  return (
    <>
      <PanelHead title="Bench" lead="Where a forward spends its time on this adapter, and how near that is to what the adapter can do." />
      {hasModel ? (
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
