package view

// Home is the first page after the door.
type Home struct {
	*Frame
	Events  int
	Stages  []StageBar
	Hottest []HotLead
}

// StageBar is a stage with how many are in it and how many ever came so far.
type StageBar struct {
	Name, Role    string
	Here, Reached int
}

// HotLead is a lead in a short list, with why.
type HotLead struct {
	Path, Name, Job, Stage, Role string
	Score                        int
	Reasons                      []Reason
}

// Reason is points with what they are for.
type Reason struct {
	Points int
	Words  string
}

func (p *Home) most() int {
	most := 1
	for _, s := range p.Stages {
		most = max(most, s.Reached)
	}
	return most
}
