/**
 * Short scripts for a disk. Each runs on the simulated disk and on the real one in an empty folder; every answer and what is left in the
 * end must be equal. A step is an operation of the port and its arguments, paths relative to that folder; `link` makes a symbolic link.
 */
export type Step = readonly ["link", string, string] | readonly [string, ...(string | number)[]];
export interface Probe {
  readonly name: string;
  readonly steps: readonly Step[];
}

const long = (length: number): string => "n".repeat(length);
const deep = Array.from({ length: 20 }, () => long(250)).join("/");

const probe = (name: string, ...steps: Step[]): Probe => ({ name, steps });

export const PROBES: readonly Probe[] = [
  // Files
  probe("create and read", ["create", "a", "text"], ["read", "a"], ["stat", "a"]),
  probe("create twice", ["create", "a", "1"], ["create", "a", "2"]),
  probe("create without its folder", ["create", "no/a", "1"]),
  probe("create below a file", ["create", "a", "1"], ["create", "a/b", "1"]),
  probe("create where a folder is", ["makeFolder", "a"], ["create", "a", "1"]),
  probe("create an empty file", ["create", "a", ""], ["read", "a"], ["stat", "a"]),
  probe("create with a name of 255 bytes", ["create", long(255), "x"]),
  probe("create with a name of 256 bytes", ["create", long(256), "x"]),
  probe("a name of 255 bytes in UTF-8", ["create", "é".repeat(127), "x"], ["create", "é".repeat(128), "x"]),
  probe("a path beyond the longest", ["read", deep], ["create", deep, "x"], ["makeFolder", deep]),
  probe("a lone surrogate in a text", ["create", "a", "x\ud800y"], ["read", "a"]),
  probe("read what is absent", ["read", "a"], ["read", "no/a"]),
  probe("read below a file", ["create", "a", "1"], ["read", "a/b"]),
  probe("read a folder", ["makeFolder", "a"], ["read", "a"]),
  probe("a character cut in two", ["create", "a", "é"], ["truncate", "a", 1], ["read", "a"]),
  probe("append creates", ["append", "a", "1"], ["append", "a", "2"], ["read", "a"]),
  probe("append nothing creates", ["append", "a", ""], ["stat", "a"]),
  probe("append without its folder", ["append", "no/a", "1"]),
  probe("append below a file", ["create", "a", "1"], ["append", "a/b", "1"]),
  probe("append to a folder", ["makeFolder", "a"], ["append", "a", "1"]),
  probe(
    "truncate shorter, longer, then append",
    ["create", "a", "12345"],
    ["truncate", "a", 2],
    ["truncate", "a", 4],
    ["append", "a", "x"],
  ),
  probe("truncate what is absent", ["truncate", "a", 0], ["truncate", "no/a", 0]),
  probe("truncate a folder", ["makeFolder", "a"], ["truncate", "a", 0]),
  probe("truncate to a size that is none", ["create", "a", "1"], ["truncate", "a", -1], ["truncate", "a", 1.5]),
  probe("remove", ["create", "a", "1"], ["remove", "a"], ["remove", "a"], ["stat", "a"]),
  probe("remove a folder", ["makeFolder", "a"], ["remove", "a"]),
  probe("remove below a file", ["create", "a", "1"], ["remove", "a/b"]),
  probe("remove in an absent folder", ["remove", "no/a"]),
  probe("remove and create again", ["create", "a", "1"], ["remove", "a"], ["create", "a", "2"]),
  // Folders
  probe("make a deep folder", ["makeFolder", "a/b/c"], ["list", "a"], ["stat", "a/b"]),
  probe("make a folder twice", ["makeFolder", "a"], ["makeFolder", "a"]),
  probe("make a folder where a file is", ["create", "a", "1"], ["makeFolder", "a"]),
  probe("make a folder below a file", ["create", "a", "1"], ["makeFolder", "a/b"], ["makeFolder", "a/b/c"]),
  probe("make a folder with too long a name", ["makeFolder", `a/${long(256)}/c`]),
  probe(
    "list in order",
    ["create", "b", ""],
    ["create", "B", ""],
    ["create", ".a", ""],
    ["create", "é", ""],
    ["makeFolder", "a"],
    ["list", "."],
  ),
  probe("list what is absent", ["list", "no"], ["list", "no/no"]),
  probe("list a file", ["create", "a", "1"], ["list", "a"]),
  probe("stat below a file", ["create", "a", "1"], ["stat", "a/b"]),
  probe("sync", ["create", "a", "1"], ["sync", "a"], ["syncFolder", "."], ["sync", "."]),
  probe("sync what is absent", ["sync", "a"], ["syncFolder", "a"], ["sync", "no/a"]),
  probe("sync a file as a folder", ["create", "a", "1"], ["syncFolder", "a"]),
  probe("sync below a file", ["create", "a", "1"], ["sync", "a/b"], ["syncFolder", "a/b"]),
  // Renames
  probe("rename", ["create", "a", "1"], ["rename", "a", "b"], ["read", "a"], ["read", "b"]),
  probe("rename over a file", ["create", "a", "1"], ["create", "b", "2"], ["rename", "a", "b"]),
  probe("rename what is absent", ["rename", "a", "b"], ["rename", "no/a", "b"]),
  probe("rename what is absent over a file", ["create", "b", "2"], ["rename", "a", "b"]),
  probe("rename into an absent folder", ["create", "a", "1"], ["rename", "a", "no/b"]),
  probe("rename into another folder", ["create", "a", "1"], ["makeFolder", "f"], ["rename", "a", "f/b"]),
  probe("rename to itself", ["create", "a", "1"], ["rename", "a", "a"], ["makeFolder", "f"], ["rename", "f", "f"]),
  probe("rename a file over a folder", ["create", "a", "1"], ["makeFolder", "f"], ["rename", "a", "f"]),
  probe("rename a file below a file", ["create", "a", "1"], ["create", "b", "1"], ["rename", "a", "b/c"], ["rename", "b/c", "a"]),
  probe("rename a file below itself", ["create", "a", "1"], ["rename", "a", "a/b"]),
  probe("rename a folder over a file", ["create", "a", "1"], ["makeFolder", "f"], ["rename", "f", "a"]),
  probe("rename a folder over an empty one", ["makeFolder", "f/x"], ["makeFolder", "g"], ["rename", "f", "g"]),
  probe("rename a folder over a full one", ["makeFolder", "f"], ["makeFolder", "g/x"], ["rename", "f", "g"]),
  probe("rename a folder below itself", ["makeFolder", "f/x"], ["rename", "f", "f/y"], ["rename", "f", "f/x/y"]),
  probe("rename over the folder above", ["makeFolder", "f/x"], ["rename", "f/x", "f"], ["create", "f/a", "1"], ["rename", "f/a", "f"]),
  probe(
    "rename a folder and use what is in it",
    ["makeFolder", "f"],
    ["create", "f/a", "1"],
    ["rename", "f", "g"],
    ["read", "f/a"],
    ["append", "g/a", "2"],
  ),
  probe("rename to too long a name", ["create", "a", "1"], ["rename", "a", long(256)]),
  // Links
  probe(
    "a link to a file",
    ["create", "a", "1"],
    ["link", "l", "a"],
    ["read", "l"],
    ["stat", "l"],
    ["append", "l", "2"],
    ["realPath", "l"],
  ),
  probe(
    "a link to a folder",
    ["makeFolder", "f"],
    ["link", "l", "f"],
    ["create", "l/a", "1"],
    ["list", "l"],
    ["makeFolder", "l"],
    ["realPath", "l/a"],
  ),
  probe(
    "a link to nothing",
    ["link", "l", "no"],
    ["read", "l"],
    ["stat", "l"],
    ["create", "l", "1"],
    ["append", "l", "1"],
    ["makeFolder", "l"],
    ["realPath", "l"],
  ),
  probe("a link to itself", ["link", "l", "l"], ["read", "l"], ["stat", "l"], ["realPath", "l"]),
  probe("remove a link", ["create", "a", "1"], ["link", "l", "a"], ["remove", "l"], ["read", "a"]),
  probe("rename over a link", ["create", "a", "1"], ["create", "b", "2"], ["link", "l", "a"], ["rename", "b", "l"], ["read", "a"]),
  probe(
    "rename a link over a file",
    ["create", "a", "1"],
    ["create", "b", "2"],
    ["link", "l", "a"],
    ["rename", "l", "b"],
    ["realPath", "b"],
  ),
  probe("rename a link over a folder", ["makeFolder", "f"], ["link", "l", "no"], ["rename", "l", "f"], ["rename", "f", "l"]),
  probe("rename a link", ["create", "a", "1"], ["link", "l", "a"], ["rename", "l", "m"], ["realPath", "m"]),
  probe("rename through a linked folder", ["makeFolder", "f/x"], ["link", "l", "f"], ["rename", "f", "l/x/y"], ["rename", "l/x", "z"]),
  probe("real paths", ["realPath", "."], ["realPath", "a"], ["create", "a", "1"], ["realPath", "a"], ["realPath", "a/b"]),
];
