package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"galena/internal/fault"
	"galena/internal/lead"
	"galena/internal/playbook"
	"galena/internal/store"
	"galena/internal/store/paper"
)

// The flow counts who moved from stage to stage, by the hour, by following the log of
// decisions as the census follows that of events. A paper holds a day, so that what is
// asked of a month is few papers, whatever happened in it. A decision that was dated
// anew counts where it stands now, one that was taken back nowhere.

const (
	// FlowDays is how far back a flow may be asked for.
	FlowDays = 30
	// flowKept is how many days are kept: those, the day they begin in, and today.
	flowKept = FlowDays + 2
	// flowSlice is how many decisions are counted between two notes of how far it is:
	// a commit for that many.
	flowSlice = 5000
	// flowTail is how many more are counted for one who asks: what comes between two
	// counts, and is read in a few milliseconds.
	flowTail = 500
	flowMark = "mark"
	// flowDay begins the name of the paper of a day.
	flowDay = "day "
)

// Move is how many went from one stage to another, both by their place among
// Flow.Stages.
type Move struct {
	From, To int
	N        int64
	// Skips says that it passed over a stage on the way ahead. A side entrance is none.
	Skips bool
}

// FlowStage is a stage or exit of the playbook in force.
type FlowStage struct {
	Name, Role string
	Exit       bool
	// In came from no stage, from an exit, or from a stage that the playbook does not
	// have any more; Out left for an exit, or for such a stage.
	In, Out int64
	// Of those who went from it to another stage, On went ahead, Over of them past one or
	// more, and Back fell back.
	On, Over, Back int64
}

// Flow is what moved between the stages of the playbook in force.
type Flow struct {
	// Since is the beginning of the hour from which on it is counted.
	Since  lead.Time
	Stages []FlowStage // the exits last
	// Moves are those between stages, by From, then To.
	Moves []Move
	// Behind is how many decisions were not counted yet.
	Behind int64
}

// passage is a way from a stage or exit to another, by their names.
type passage struct{ From, To string }

// dayOfMoves is the paper of a day.
type dayOfMoves struct {
	Moves []hourlyMoves // by From, then To
}

// hourlyMoves are those of a passage, by the hour of the day (UTC).
type hourlyMoves struct {
	passage `json:",inline"`
	Hours   [24]int64
}

// movesAt counts passages by the hour, since 1970. What was taken back is less than 0.
type movesAt map[int64]map[passage]int64

func (m movesAt) add(at lead.Time, p passage, n int64) {
	hour := int64(at) / lead.Hour
	if m[hour] == nil {
		m[hour] = map[passage]int64{}
	}
	m[hour][p] += n
}

// followMoves counts the log of decisions after its first rows, at most so many.
func followMoves(snap store.Snapshot, after int64, most int) (reached int64, moved movesAt, err error) {
	moved = movesAt{}
	log, err := snap.DecisionLog(after, most)
	for i := range log {
		d := &log[i]
		if d.Was == lead.Made || d.Was == lead.Reinstated {
			moved.add(d.WasAt, passage{d.WasFrom, d.Stage}, -1)
		}
		if d.Verb != lead.Retracted {
			moved.add(d.At, passage{d.From, d.Stage}, 1)
		}
	}
	return after + int64(len(log)), moved, err
}

// countMoves counts what has moved since it was called last.
func (a *App) countMoves(ctx context.Context) error {
	for {
		var mark, reached int64
		var moved movesAt
		err := a.store.Read(ctx, func(snap store.Snapshot) (err error) {
			mark = 0 // anew when the reading runs again
			if _, err = paper.Read(snap, flowDrawer, flowMark, &mark); err == nil {
				reached, moved, err = followMoves(snap, mark, flowSlice)
			}
			return err
		})
		if err != nil || reached == mark {
			return err
		}
		if err := a.store.Derive(ctx, func(tx store.Tx) error { return moved.keep(tx, mark, reached) }); err != nil {
			return err
		}
	}
}

// keep adds what was counted after a mark to what is kept, unless another node has, and
// drops the days that nobody asks for any more.
func (m movesAt) keep(tx store.Tx, mark, reached int64) error {
	var is int64
	if _, err := paper.Read(tx, flowDrawer, flowMark, &is); err != nil || is != mark {
		return err
	}
	now, err := tx.Now()
	if err != nil {
		return err
	}
	first := int64(now)/lead.Day - flowKept
	days := map[int64][]int64{}
	for hour := range m {
		if day := hour / 24; day >= first {
			days[day] = append(days[day], hour)
		}
	}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		var kept dayOfMoves
		if _, err := paper.Read(tx, flowDrawer, flowDayName(day), &kept); err != nil {
			return err
		}
		for _, hour := range days[day] {
			for p, n := range m[hour] {
				kept.add(p, hour%24, n)
			}
		}
		if err := paper.Write(tx, flowDrawer, flowDayName(day), &kept); err != nil {
			return err
		}
	}
	old, err := tx.Papers(flowDrawer, flowDay, "", flowKept)
	if err != nil {
		return err
	}
	for _, p := range old {
		if p.Name < flowDayName(first) {
			if err := paper.Drop(tx, flowDrawer, p.Name); err != nil {
				return err
			}
		}
	}
	return paper.Write(tx, flowDrawer, flowMark, reached)
}

// flowDayName is the name of the paper of a day, since 1970: names are in the order of time.
func flowDayName(day int64) string { return fmt.Sprintf("%s%06d", flowDay, day) }

func (d *dayOfMoves) add(p passage, hour, n int64) {
	i, known := slices.BinarySearchFunc(d.Moves, p, func(m hourlyMoves, p passage) int {
		return cmp.Or(cmp.Compare(m.From, p.From), cmp.Compare(m.To, p.To))
	})
	if !known {
		d.Moves = slices.Insert(d.Moves, i, hourlyMoves{passage: p})
	}
	d.Moves[i].Hours[hour] += n
}

// Flow tells what moved in the last days, at most FlowDays: what was counted beside the
// server, and the end of the log of decisions.
func (r *Reader) Flow(ctx context.Context, days int) (*Flow, error) {
	if days < 1 || days > FlowDays {
		return nil, fault.New(fault.Invalid, "What moved is told of the last 1 to %d days.", FlowDays)
	}
	plan := r.Plan()
	var f *Flow
	err := r.store.Read(ctx, func(snap store.Snapshot) error {
		now, err := snap.Now()
		if err != nil {
			return err
		}
		from := int64(now.Add(-int64(days)*lead.Day)) / lead.Hour
		f = newFlow(plan, lead.Time(from*lead.Hour))
		var mark int64
		if _, err := paper.Read(snap, flowDrawer, flowMark, &mark); err != nil {
			return err
		}
		reached, moved, err := followMoves(snap, mark, flowTail)
		if err != nil {
			return err
		}
		passed := map[passage]int64{}
		for hour, all := range moved {
			if hour >= from {
				for p, n := range all {
					passed[p] += n
				}
			}
		}
		kept, err := snap.Papers(flowDrawer, flowDay, flowDayName(from/24-1), flowKept)
		if err != nil {
			return err
		}
		for _, p := range kept {
			if err := addDay(passed, p, from); err != nil {
				return err
			}
		}
		f.tell(plan, passed)
		counts, err := snap.Counts()
		f.Behind = max(0, counts.Decisions-reached)
		return err
	})
	return f, err
}

// addDay adds the hours of a day from one on, since 1970.
func addDay(passed map[passage]int64, p store.Paper, from int64) error {
	var kept dayOfMoves
	if err := paper.Open(p, &kept); err != nil {
		return err
	}
	first := int64(0)
	if p.Name == flowDayName(from/24) {
		first = from % 24
	}
	for i := range kept.Moves {
		for _, n := range kept.Moves[i].Hours[first:] {
			passed[kept.Moves[i].passage] += n
		}
	}
	return nil
}

func newFlow(plan *playbook.Plan, since lead.Time) *Flow {
	f := &Flow{Since: since}
	for i := range plan.Stages {
		st := &plan.Stages[i]
		f.Stages = append(f.Stages, FlowStage{Name: st.Name, Role: st.Role, Exit: st.Exit})
	}
	return f
}

// tell sorts passages into moves between stages, and ways in and out.
func (f *Flow) tell(plan *playbook.Plan, passed map[passage]int64) {
	inside := func(name string) (place int, is bool) {
		place = slices.IndexFunc(f.Stages, func(st FlowStage) bool { return st.Name == name })
		return place, place >= 0 && !f.Stages[place].Exit
	}
	for p, n := range passed {
		if n <= 0 {
			continue
		}
		from, fromInside := inside(p.From)
		to, toInside := inside(p.To)
		if fromInside && toInside {
			m := Move{From: from, To: to, N: n}
			for between := from + 1; between < to; between++ {
				m.Skips = m.Skips || !plan.Stages[between].Side
			}
			f.Moves = append(f.Moves, m)
			f.Stages[from].count(&m)
			continue
		}
		if from >= 0 {
			f.Stages[from].Out += n
		}
		if to >= 0 {
			f.Stages[to].In += n
		}
	}
	slices.SortFunc(f.Moves, func(a, b Move) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
}

// count adds a move from the stage.
func (st *FlowStage) count(m *Move) {
	if m.To < m.From {
		st.Back += m.N
		return
	}
	st.On += m.N
	if m.Skips {
		st.Over += m.N
	}
}
