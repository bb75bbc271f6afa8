import type { ErrorEntry } from "./error-entry.ts";

export const imageErrors = {
  IMAGE_EMPTY: { title: "Empty image", meaning: "The file has no bytes.", advice: "Leave it out, or copy it again." },
  IMAGE_LFS_POINTER: {
    title: "Git-LFS pointer",
    meaning: "A Git-LFS pointer stands where the image should be.",
    advice: "Run `git lfs pull`.",
  },
  IMAGE_HTML: {
    title: "Web page instead of an image",
    meaning: "A web page was saved instead of the image.",
    advice: "Save the image itself.",
  },
  IMAGE_HEIC: {
    title: "Photo in HEIC format",
    meaning: "An iPhone photo (HEIC/HEIF), which few browsers decode.",
    advice: "Export it as JPEG.",
  },
  IMAGE_FORMAT_UNSUPPORTED: {
    title: "Image format not decoded",
    meaning: "A known kind of image that is not decoded alike everywhere (TIFF, AVIF, JPEG XL ...), or not in this environment.",
    advice: "Convert it to PNG or JPEG.",
  },
  IMAGE_UNKNOWN: {
    title: "Not an image",
    meaning: "The bytes are no image of a kind that is known here.",
    advice: "Give JPEG, PNG, WebP, GIF or BMP.",
  },
  IMAGE_TRUNCATED: { title: "Cut off", meaning: "The file ends before the image does.", advice: "Copy or download it again." },
  IMAGE_UNDECODABLE: {
    title: "Damaged image",
    meaning: "The image is damaged, or uses a variant of its format that the decoder lacks.",
    advice: "Save it again from a program that opens it.",
  },
  IMAGE_TOO_LARGE: {
    title: "Too many pixels",
    meaning: "More pixels than are decoded.",
    advice: "Scale it down; the model reads a few hundred pixels a side.",
  },
  IMAGE_HUGE: {
    title: "Very many pixels",
    meaning: "More than 50 megapixels: read on request only, because decoding takes seconds and hundreds of megabytes.",
    advice: "Scale it down, or ask for unusual images.",
  },
  IMAGE_TINY: {
    title: "Hardly any pixels",
    meaning: "So small that it would be upscaled more than 16 times: used on request only.",
    advice: "Give the image in its full size, or ask for unusual images.",
  },
  IMAGE_ELONGATED: {
    title: "Very long and thin",
    meaning: "One side is more than 20 times the other: used on request only.",
    advice: "Crop it, or ask for unusual images.",
  },
  IMAGE_SIZE_MISMATCH: {
    title: "Wrong size",
    meaning: "The preprocessing resizes nothing and the image has another size than the model's input.",
    advice: "Give images of the model's size, or a preprocessing that resizes.",
  },
  PREPROCESSING_INVALID: {
    title: "No preprocessing",
    meaning: "A preprocessing that somebody stated is not written as one, or has a size, filter, mean or deviation that cannot be.",
    advice: "Write it as resize=shortest,size=256,filter=bicubic,colours=imagenet, or choose it in the Data panel.",
  },
  IMAGE_MISSING: {
    title: "Labelled image missing",
    meaning: "The labels name an image that the folder does not hold.",
    advice: "Give the folder that holds all images, or drop the row.",
  },
  NO_IMAGES: { title: "No usable image", meaning: "No file that can be used as an image.", advice: "Give a folder or files with images." },
  LABELS_INVALID: {
    title: "Unusable labels file",
    meaning: "A labels file that holds no table, or has a row without a file name or without a label.",
    advice: "Write a CSV with the columns filename and label.",
  },
  LABEL_COLUMNS: {
    title: "Columns of the labels not known",
    meaning: "No column of a labels file can be told to be the file names or the labels, or a column that was asked for is not there.",
    advice: "Choose the two columns in the Data panel or with --label-columns, or name them filename and label.",
  },
  LABELS_COUNT: {
    title: "Labels and inputs differ in number",
    meaning: "Another number of labels than of inputs.",
    advice: "Give one label for each input.",
  },
  LABEL_UNKNOWN: {
    title: "Label of no class",
    meaning: "A label that is none of the model's classes.",
    advice: "Use class names or numbers that the model has.",
  },
  MANIFEST_INVALID: {
    title: "Broken manifest",
    meaning: "A manifest of images is no JSON, or not one that the page wrote; the error says where.",
    advice: "Save the manifest again from the page.",
  },
  MANIFEST_MISMATCH: {
    title: "Other images than the manifest's",
    meaning: "Images that a manifest names are not among the open ones: no file has their digest.",
    advice: "Open the images that it names.",
  },
  CANVAS_FALSIFIED: {
    title: "Browser changes pixels",
    meaning: "The browser changes pixels that are read from a canvas, so images would not be the ones given.",
    advice: "Turn off fingerprinting protection for this page, or use another browser.",
  },
  INPUTS_DTYPE: {
    title: "Inputs that are no floats",
    meaning: "Inputs that are not floating point.",
    advice: "Save preprocessed inputs as float32.",
  },
  INPUTS_NOT_FINITE: {
    title: "NaN or infinity in the inputs",
    meaning: "Inputs with NaN or infinity.",
    advice: "Check the preprocessing that made them.",
  },
  INPUTS_SHAPE: {
    title: "Inputs of another shape",
    meaning: "Inputs of another shape than the model reads.",
    advice: "Give [images, channels, height, width] as the model takes it.",
  },
} as const satisfies Record<string, ErrorEntry>;
