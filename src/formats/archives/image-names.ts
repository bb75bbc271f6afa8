/** Names of pictures, also of kinds that are not decoded: their reader names them. */
export const IMAGE_NAME = /\.(jpe?g|jfif|png|apng|webp|avif|gif|bmp|jxl|heic|heif|tiff?|jp2|j2k|dng|cr2|nef|arw|raf|orf|rw2|dcm|psd|svg)$/i;
