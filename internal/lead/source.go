package lead

// A source is what brought an event or a reject: a write key by its id, which is
// positive, or an import. Imports that were begun in the workspace have numbers,
// and the negative of its number is an import's source; those of files that a
// command read have none, and 0 stands for them.

// SourceOfImport is the source of what an import brings, by its number.
func SourceOfImport(number int64) int64 { return -number }

// ImportOf is the number of the import that a source is, 0 for that of a command.
// ok is false for the id of a key.
func ImportOf(source int64) (number int64, ok bool) { return max(0, -source), source <= 0 }
