import { useState } from "react";
import { Button } from "react-aria-components/Button";
import { GRANULARITIES } from "../../../quant/granularity.ts";
import { RULE_ROLES, type LayerRule } from "../../../quant/rules/layer-rule.ts";
import { RULE_SCHEMES } from "../../../quant/rules/rule-schemes.ts";
import type { RuleFault } from "../../../quant/rules/rule-faults.ts";

const BITS = [2, 3, 4, 5, 6, 7, 8] as const;

/** One rule: where it holds, and what it says. */
export function RuleRow(props: {
  readonly rule: LayerRule;
  readonly number: number;
  readonly count: number;
  readonly fault: RuleFault | null;
  readonly onChange: (rule: LayerRule) => void;
  readonly onMove: (by: 1 | -1) => void;
  readonly onRemove: () => void;
}) {
  const { rule, number, count, fault, onChange, onMove, onRemove } = props;
  /** What is being typed; null while nobody types. */
  const [typed, setTyped] = useState<string | null>(null);
  const roles = (rule.role ?? []).join(", ");
  const commit = (): void => {
    const where = namesIn(typed ?? "");
    if (where.length > 0) onChange({ ...rule, where });
    setTyped(null);
  };
  const says = [rule.bits, rule.scheme, rule.granularity].filter((part) => part !== undefined).length;
  /** A rule says one thing at least: the last cannot be taken away. */
  const choose = (key: "bits" | "scheme" | "granularity", value: string): void => {
    if (value === "" && says === 1) return;
    onChange({ ...rule, [key]: value === "" ? undefined : key === "bits" ? Number(value) : value });
  };
  return (
    <li className="rule" data-testid="rule">
      <div className="rule-fields">
        <span className="rule-number">{number}</span>
        <label className="rule-where">
          <span className="muted small">Layers</span>
          <input
            className="input"
            type="text"
            spellCheck={false}
            value={typed ?? rule.where.join(", ")}
            aria-invalid={fault !== null}
            aria-describedby={fault === null ? undefined : `rule-fault-${number}`}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && typed !== null) commit();
              if (event.key === "Escape") setTyped(null);
            }}
            onBlur={() => {
              if (typed !== null) commit();
            }}
          />
        </label>
        <Choice
          label="Role"
          value={roles}
          options={[
            ["", "every role"],
            ...[...new Set([...RULE_ROLES, ...(roles === "" ? [] : [roles])])].map((role) => [role, role] as const),
          ]}
          onChange={(value) =>
            onChange({ ...rule, role: value === "" ? undefined : RULE_ROLES.filter((role) => value.split(", ").includes(role)) })
          }
        />
        <Choice
          label="Bits"
          value={String(rule.bits ?? "")}
          options={withOwn(BITS.map(String))}
          onChange={(value) => choose("bits", value)}
        />
        <Choice label="Scheme" value={rule.scheme ?? ""} options={withOwn(RULE_SCHEMES)} onChange={(value) => choose("scheme", value)} />
        <Choice
          label="Granularity"
          value={rule.granularity ?? ""}
          options={withOwn(GRANULARITIES)}
          onChange={(value) => choose("granularity", value)}
        />
        <div className="rule-buttons">
          <Button className="button icon" aria-label={`Move rule ${number} up`} isDisabled={number === 1} onPress={() => onMove(-1)}>
            ↑
          </Button>
          <Button className="button icon" aria-label={`Move rule ${number} down`} isDisabled={number === count} onPress={() => onMove(1)}>
            ↓
          </Button>
          <Button className="button icon" aria-label={`Remove rule ${number}`} onPress={onRemove}>
            ✕
          </Button>
        </div>
      </div>
      {fault !== null && (
        <p className="field-error small" id={`rule-fault-${number}`} data-testid="rule-fault">
          <span aria-hidden="true">▲ </span>Cannot be followed: {fault.what} {fault.why}
        </p>
      )}
    </li>
  );
}

type Option = readonly [value: string, text: string];

function withOwn(names: readonly string[]): readonly Option[] {
  return [["", "as it is"], ...names.map((name) => [name, name] as const)];
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <label>
      <span className="muted small">{props.label}</span>
      <select className="input" value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

function namesIn(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
