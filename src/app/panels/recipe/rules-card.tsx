import { useMemo } from "react";
import { Button } from "react-aria-components/Button";
import { useLab } from "../../components/lab-context.tsx";
import type { LayerRule } from "../../../quant/rules/layer-rule.ts";
import { ruleFaults } from "../../../quant/rules/rule-faults.ts";
import type { LabRecipeSites } from "../../worker/lab-api.ts";
import { RuleRow } from "./rule-row.tsx";

const FIRST_RULE: LayerRule = { where: ["*"], role: ["weight"], bits: 8 };

/** The rules in their order: the first that speaks of a layer decides. */
export function RulesCard({ shown }: { readonly shown: LabRecipeSites }) {
  const controls = useLab((state) => state.controls);
  const setControls = useLab((state) => state.setControls);
  const say = useLab((state) => state.say);
  const bitRange = useLab((state) => state.recipes.find(({ name }) => name === state.controls.recipe)?.bitRange);
  const rules = useMemo(() => controls.rules ?? [], [controls.rules]);
  const faults = useMemo(() => ruleFaults(shown.sites, rules, bitRange), [shown, rules, bitRange]);
  const change = (changed: readonly LayerRule[], told: string): void => {
    setControls({ rules: changed });
    say(told);
  };
  const moved = (from: number, to: number): readonly LayerRule[] => {
    const rest = rules.filter((_, index) => index !== from);
    return rest.toSpliced(to, 0, ...rules.slice(from, from + 1));
  };
  return (
    <section className="card" aria-labelledby="rules-title" data-testid="rules-card">
      <div className="card-head">
        <h2 id="rules-title">{rules.length === 0 ? "No rules: everything as the recipe has it" : "Rules on top of the recipe"}</h2>
        <Button className="button" data-testid="add-rule" onPress={() => change([...rules, FIRST_RULE], "A rule was added at the end.")}>
          Add a rule
        </Button>
      </div>
      <p className="muted small">
        For bits, scheme and granularity each, the first rule that names a layer and says something about it decides. <code>*</code> stands
        for any characters; several names with commas.
      </p>
      <ol className="rules">
        {rules.map((rule, index) => (
          <RuleRow
            // A row is its place: what is being typed stays when the rule under it changes.
            key={index}
            rule={rule}
            number={index + 1}
            count={rules.length}
            fault={faults.find((fault) => fault.rule === index) ?? null}
            onChange={(next) => change(rules.with(index, next), `Rule ${index + 1} was changed.`)}
            onMove={(by) => change(moved(index, index + by), `Rule ${index + 1} is now rule ${index + 1 + by}.`)}
            onRemove={() => change(rules.toSpliced(index, 1), `Rule ${index + 1} was removed.`)}
          />
        ))}
      </ol>
    </section>
  );
}
