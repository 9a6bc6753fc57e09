package app

// Work tells how many events were folded for a dossier, and how many were opened
// whole.
func (d *Dossier) Work() (folded, opened int) { return d.work.folded, d.work.opened }
