import { createEngineLab } from "./engine-lab.ts";
import { exposeLab } from "./expose-lab.ts";

exposeLab(createEngineLab(navigator.gpu));
