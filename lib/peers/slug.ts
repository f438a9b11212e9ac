import { slugify } from "transliteration";
import { IapeerError } from "../model/errors.ts";
import { isPersonality } from "../model/identity.ts";

const LONGEST = 32;

/**
 * A peer's name from a folder name: transliterated to Latin, lower case, runs of anything else become one dash, cut at 32 (lifecycle §2).
 * It never invents validity: the result may be empty or start with a digit. Idempotent.
 */
export function slug(name: string): string {
  // The numero sign is the one symbol that people write names with and that would glue itself to its number.
  const latin = slugify(name.normalize("NFC").replaceAll("№", " No. "), { lowercase: true, separator: "-" });
  const dashed = latin.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return dashed.replace(/^-+/, "").slice(0, LONGEST).replace(/-+$/, "");
}

/** The name that a folder gives to its peer; throws `bad-name` when it gives none. */
export function personalityOfFolder(cwd: string): string {
  const folder = cwd.replace(/\/+$/, "");
  const base = folder.slice(folder.lastIndexOf("/") + 1);
  const name = slug(base);
  if (isPersonality(name)) return name;
  const result = name === "" ? "nothing" : `"${name}"`;
  throw new IapeerError(
    "bad-name",
    `the folder name "${base}" gives no peer name (${result} is left of it): a name starts with a letter a–z; rename the folder or choose another`,
  );
}
