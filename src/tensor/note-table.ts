import type { ErrorEntry } from "./errors/error-entry.ts";

/** Codes of what is said beside a result that was given: nothing was refused, and somebody should know. Documented in docs/errors.md like the codes of errors. */
export const notes = {
  CALIBRATION_EMPTY_PICTURES: {
    title: "Calibration pictures that show nothing",
    meaning: "At least a quarter of the images that calibrate are of one colour, or noise.",
    advice: "Calibrate on pictures like those that the model will meet.",
  },
  CALIBRATION_NARROW: {
    title: "Narrow calibration set",
    meaning:
      "The images that calibrate show one class, or few of those that so many images could show: often the first folder of a sorted data set.",
    advice: "Shuffle the images, or take some of every class.",
  },
  CALIBRATION_OVERLAP: {
    title: "Calibration images are judged",
    meaning: "The same images calibrate and are judged, which flatters the quantized model.",
    advice: "Give more images, or others to judge on.",
  },
  CLASSIFIER_UNTRAINED: {
    title: "Classifier looks untrained",
    meaning: "Every weight of the classifier has the same value, so that all classes get the same logit.",
    advice: "Open the checkpoint after training, or one whose classifier was saved with it.",
  },
  DEVICE_REOPENED: {
    title: "GPU lost and opened again",
    meaning: "The graphics driver took the device away during the run; what was interrupted was repeated.",
    advice: "Take the results, and measure times again.",
  },
  ILSVRC_ORDER: {
    title: "Class numbers of the challenge",
    meaning: "The ground truth of ILSVRC2012 numbers classes in an order of its own; models number them by sorted WordNet ids.",
    advice: "Take labels in the order of the WordNet ids.",
  },
  IMAGE_16_BIT: {
    title: "16 bits a sample",
    meaning: "Of samples of 16 bits the upper 8 are used.",
    advice: "Save images with 8 bits as the training program would have made them.",
  },
  IMAGE_ALPHA: {
    title: "Transparency",
    meaning: "What is transparent is laid on white, also where a training program would have dropped the alpha channel.",
    advice: "Save images without alpha where the colour behind it matters.",
  },
  IMAGE_FIRST_FRAME: { title: "Animation", meaning: "The first frame is used.", advice: "Save the frame that is meant." },
  IMAGE_ORIENTATION: {
    title: "Rotation not made",
    meaning: "A photo's EXIF block asks for a rotation; as in Pillow and the programs that measure published accuracies, it is not made.",
    advice: "Rotate the pixels and save the image anew where they should stand upright.",
  },
  NUMBERS_FROM_ONE: {
    title: "Labels count from one",
    meaning: "Labels go from 1 to the number of classes, and were taken less one.",
    advice: "Check the accuracy of the float model.",
  },
  NUMERIC_FOLDERS: {
    title: "Folders named by numbers",
    meaning: "Folder names were read as class numbers; programs that sort them as text number them otherwise.",
    advice: "Check the accuracy of the float model.",
  },
  ONE_CLASS: { title: "One class only", meaning: "All labels are the same class.", advice: "Give images of several classes." },
  OUT_OF_RANGE: {
    title: "Folder numbers beyond the classes",
    meaning: "Folders are numbered higher than the model has classes, so the images have no labels.",
    advice: "Give a CSV with the columns filename and label.",
  },
  PARTLY_LABELLED: {
    title: "Images without a label",
    meaning: "Some images have a label and some have none.",
    advice: "Complete the labels.",
  },
  SORTED_ORDER: {
    title: "Classes by sorted names",
    meaning: "The model's files do not name its classes, so the sorted order of the folders was taken.",
    advice: "Put a configuration with label names beside the weights.",
  },
  SUBSET: {
    title: "Folders of some classes",
    meaning: "There are fewer or more folders than classes and nothing tells which is which, so the images have no labels.",
    advice: "Give a CSV with the columns filename and label.",
  },
  UNKNOWN_NAMES: {
    title: "Folders without a class",
    meaning: "Some folders bear no name of the model's classes; their images have no label.",
    advice: "Rename the folders as the model's configuration names its classes.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type NoteCode = keyof typeof notes;
