package app

// The drawers of papers that this package fills for what is captured.
const (
	censusDrawer = "census" // how much came, by source; and how far that was counted
	flowDrawer   = "flow"   // who moved between stages, by the day; and how far that was counted
	mendedDrawer = "mended" // rejects that were taken in since, by place
	importDrawer = "import" // by number

	importNumberDrawer = "import number"

	uploadDrawer     = "upload"      // files that are kept, by their ids
	uploadPartDrawer = "upload part" // what is in them, by id and place
	uploadTurnDrawer = "upload turn"
)
