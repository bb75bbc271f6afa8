import { Button } from "react-aria-components/Button";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import { Select, SelectValue } from "react-aria-components/Select";

export interface Choice<T extends string | number> {
  readonly value: T;
  readonly label: string;
  readonly description?: string;
}

/** One of many, with a description each: a select. */
export function ChoiceSelect<T extends string | number>(props: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  readonly testId: string;
}) {
  return (
    <Select
      className="choice"
      value={props.value}
      data-testid={props.testId}
      onChange={(key) => {
        const chosen = props.choices.find((choice) => choice.value === key);
        if (chosen !== undefined) props.onChange(chosen.value);
      }}
    >
      <Label>{props.label}</Label>
      <Button className="button select-button">
        <SelectValue>{props.choices.find((choice) => choice.value === props.value)?.label ?? String(props.value)}</SelectValue>
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover">
        <ListBox className="list-box">
          {props.choices.map((choice) => (
            <ListBoxItem key={choice.value} id={choice.value} textValue={choice.label} className="list-item">
              <span className="item-label">{choice.label}</span>
              {choice.description !== undefined && <span className="item-description muted">{choice.description}</span>}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

/** One of a few, all in sight: radio buttons drawn as segments. */
export function ChoiceSegments<T extends string | number>(props: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
  readonly testId: string;
}) {
  return (
    <RadioGroup
      className="choice"
      orientation="horizontal"
      value={String(props.value)}
      data-testid={props.testId}
      onChange={(text) => {
        const chosen = props.choices.find((choice) => String(choice.value) === text);
        if (chosen !== undefined) props.onChange(chosen.value);
      }}
    >
      <Label>{props.label}</Label>
      <div className="segments">
        {props.choices.map((choice) => (
          <Radio key={choice.value} value={String(choice.value)} className="segment">
            {choice.label}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
