package bulk

// Limits of files. What is past the limit of a row refuses that row; what is
// past the limit of a file refuses the file.
const (
	// MaxRow bounds the bytes of one row or line as read: enough for a cell of
	// almost a megabyte, little enough to hold in memory.
	MaxRow = 1 << 20
	// MaxBody bounds the JSON of one event made of a row: what the tracking
	// endpoint takes from anyone else.
	MaxBody = 32 << 10
	// MaxColumns bounds a header: as many as an event may have properties.
	MaxColumns = 1000
	// MaxNesting bounds how deep an NDJSON object may nest, itself included, and
	// MaxName the bytes of a name in it, as of any trait: as the tracking endpoint
	// does.
	MaxNesting = 32
	MaxName    = 256
	// MaxID bounds the bytes of a user, anonymous or message id.
	MaxID = 512
	// MaxRepeats bounds `times` of an event in a mapping.
	MaxRepeats = 1000
	// MaxRowEvents bounds the events of one row.
	MaxRowEvents = 2500
	// MaxRescan bounds the bytes of a file that are read twice, because of quotes
	// that never close: a file needs fifteen of the worst to reach it.
	MaxRescan = 16 * MaxRow
	// MaxMapping bounds the bytes of a mapping.
	MaxMapping = 256 << 10
	// MaxDepth bounds the nesting of an NDJSON object that a mapping can address;
	// what is deeper is kept as it is.
	MaxDepth = 8
)
