import { Button } from "react-aria-components/Button";
import { Label } from "react-aria-components/Label";
import { Header, ListBox, ListBoxItem, ListBoxSection } from "react-aria-components/ListBox";
import { Popover } from "react-aria-components/Popover";
import { Radio, RadioGroup } from "react-aria-components/RadioGroup";
import { Select, SelectValue } from "react-aria-components/Select";

export interface Choice<T extends string | number> {
  readonly value: T;
  readonly label: string;
  readonly description?: string;
  /** A few words at the right of the label. */
  readonly detail?: string;
}

export interface ChoiceSection<T extends string | number> {
  readonly title: string;
  readonly choices: readonly Choice<T>[];
}

/** One of many, with a description each: a select; in sections where they are named. */
export function ChoiceSelect<T extends string | number>(props: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[] | readonly ChoiceSection<T>[];
  readonly onChange: (value: T) => void;
  readonly testId: string;
  /** What stands in the button when `value` is none of the choices. */
  readonly otherwise?: string;
}) {
  const sections = props.choices.flatMap((one) => ("choices" in one ? [one] : []));
  const choices = props.choices.flatMap((one) => ("choices" in one ? one.choices : [one]));
  return (
    <Select
      className="choice"
      value={props.value}
      data-testid={props.testId}
      onChange={(key) => {
        const chosen = choices.find((choice) => choice.value === key);
        if (chosen !== undefined) props.onChange(chosen.value);
      }}
    >
      <Label>{props.label}</Label>
      <Button className="button select-button">
        <SelectValue>{choices.find((choice) => choice.value === props.value)?.label ?? props.otherwise ?? String(props.value)}</SelectValue>
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover">
        <ListBox className="list-box">
          {sections.length === 0
            ? choices.map(listItem)
            : sections.map((section) => (
                <ListBoxSection key={section.title} id={`section ${section.title}`}>
                  <Header className="list-header">{section.title}</Header>
                  {section.choices.map(listItem)}
                </ListBoxSection>
              ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

function listItem<T extends string | number>({ value, label, description, detail }: Choice<T>) {
  return (
    <ListBoxItem key={value} id={value} textValue={label} className="list-item">
      <span className="item-head">
        <span className="item-label">{label}</span>
        {detail !== undefined && <span className="item-detail muted">{detail}</span>}
      </span>
      {description !== undefined && <span className="item-description muted">{description}</span>}
    </ListBoxItem>
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
