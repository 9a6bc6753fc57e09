package sim

import (
	"math"

	"galena/internal/lead"
)

// deal is what sales makes of a person; the zero one is of somebody whom sales
// never had to do with.
type deal struct {
	opened, closed lead.Time // 0 for not, or not yet
	won            bool
	amount         int // euros a year
	reason         string
}

var lossReasons = []string{"no decision", "no budget", "chose a competitor", "bad timing", "lacks a feature"}

// need is how much the person would gain by the product, between 0 and 1: the
// hidden truth on which the outcome depends, besides luck.
func (p *person) need() float64 {
	if !p.employed {
		return 0
	}
	return p.intent * (0.4 + 0.6*p.account.fit)
}

// sales is what the company's sales team does with the person and what comes of
// it, by its own systems' account. It knows no score: it calls whoever asked, most
// who try the product, and now and then somebody from a list of names.
func (w *walk) sales() {
	var from lead.Time
	switch {
	case w.raised != 0:
		from = w.raised
	case w.tried != 0 && w.chance(0.6):
		from = w.tried.Add(5 * lead.Day)
	case w.known != 0 && w.employed && !w.purchased && w.chance(0.06):
		from = w.known.Add(20 * lead.Day)
	default:
		return
	}
	need := w.need()
	met := w.attend(from.Add(int64(w.ExpFloat64() * 2.5 * float64(lead.Day))))
	if !w.chance(0.5 + 0.4*need) {
		return // was not reached, or there is nothing in it
	}
	w.sell(met, "Meeting Held")
	if !w.chance(0.3 + 0.5*need) {
		return
	}
	opened := w.attend(met.Add(int64(w.between(1, 12) * float64(lead.Day))))
	if opened > w.end {
		return
	}
	w.deal.opened = opened
	w.deal.amount = 600 + 100*int(math.Pow(float64(w.account.employees), 0.75)*w.between(0.5, 1.6))
	w.sell(w.deal.opened, "Opportunity Created")
	// Large companies take longer.
	days := (8 + w.ExpFloat64()*18) * (0.7 + math.Log10(float64(w.account.employees+10))/3)
	closed := w.attend(w.deal.opened.Add(int64(days * float64(lead.Day))))
	if closed > w.end {
		return
	}
	w.deal.closed = closed
	w.deal.won = w.chance(min(0.9, 0.03+1.2*math.Pow(need, 1.5)))
	if w.deal.won {
		w.sell(closed, "Opportunity Won")
		return
	}
	w.deal.reason = one(w.dice, lossReasons)
	w.sell(closed, "Opportunity Lost")
}

func (w *walk) sell(at lead.Time, name string) {
	w.do(act{at: at, deed: tracks, device: -1, name: name})
}

// object is what the event of that name tells of the deal.
func (d *deal) object(p *person, name string) object {
	if name == "Meeting Held" {
		return object{{"kind", "video"}}
	}
	o := object{{"opportunity_id", "opp_" + p.userID()}, {"amount", d.amount}, {"currency", "EUR"}}
	if name == "Opportunity Lost" {
		o = append(o, member{"reason", d.reason})
	}
	return o
}
