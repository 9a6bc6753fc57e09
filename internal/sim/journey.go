package sim

import (
	"math"
	"slices"

	"galena/internal/lead"
)

// patience is how long after their arrival people may still do something.
const patience = 150 * lead.Day

// maxVisits bounds the visits of one person, besides those that mails bring.
const maxVisits = 24

// journey is everything a person will ever do, in order.
func (c *Company) journey(p *person) []act {
	w := &walk{person: p, end: p.arrived.Add(patience), webinars: c.seed}
	first := p.arrived
	if p.purchased {
		w.do(act{at: p.arrived, deed: lists, device: -1})
		p.known = p.arrived
		if !p.chance(0.05 + 0.2*p.intent) {
			w.mails()
			w.sales()
			return w.inOrder()
		}
		first = p.attend(p.arrived.Add(int64(p.between(2, 40) * float64(lead.Day))))
	}
	visits := 1 + int(p.ExpFloat64()*p.returns*(0.08+p.intent))
	at := first
	for i := range min(visits, maxVisits) {
		at = w.visit(at, w.channel(i), i)
		// The more they want, the sooner they are back.
		gap := p.ExpFloat64() * (14 - 11*p.intent) * float64(lead.Day)
		at = p.attend(at.Add(20*lead.Minute + int64(gap)))
	}
	if p.known != 0 {
		w.mails()
	}
	w.sales()
	return w.inOrder()
}

// walk writes a journey down.
type walk struct {
	*person
	acts     []act
	end      lead.Time
	webinars uint64
}

func (w *walk) do(a act) {
	if a.at > w.end {
		return
	}
	a.who = w.person
	w.acts = append(w.acts, a)
}

func (w *walk) inOrder() []act {
	slices.SortStableFunc(w.acts, func(a, b act) int { return int(a.at - b.at) })
	for i := range w.acts {
		w.acts[i].n = i
	}
	return w.acts
}

// channel is how the person comes the nth time.
func (w *walk) channel(n int) channel {
	switch {
	case w.name == "careers" && w.chance(0.6):
		return careersBoard
	case n > 0 && w.chance(0.7):
		return direct
	}
	return channels[weighted(w.dice, channelWeights())]
}

// visit is one stay on the site; it gives the time when it ends.
func (w *walk) visit(at lead.Time, ch channel, n int) lead.Time {
	device := w.IntN(len(w.devices))
	goal := w.goal(n)
	count := 1 + int(w.ExpFloat64()*(2.8+5*w.intent))
	for i := range min(count, 14) {
		section := weighted(w.dice, w.interest[:])
		a := act{at: at, deed: views, device: device}
		if i == 0 {
			a.campaign, a.referrer = ch.campaign, ch.referrer
			if ch.landing != sections {
				section = ch.landing
			}
		}
		a.page = one(w.dice, pages[section])
		w.do(a)
		at = at.Add(int64(w.between(8, 150) * float64(lead.Second)))
	}
	if goal == nothing {
		return at
	}
	w.do(act{at: at, deed: views, device: device, page: forms[goal]})
	at = at.Add(int64(w.between(20, 90) * float64(lead.Second)))
	if !w.chance(w.gives) {
		return at
	}
	w.reach(at, goal, device)
	return at.Add(lead.Minute)
}

// goal is what the person wants of the nth visit.
func (w *walk) goal(n int) int {
	weights := w.goals
	weights[nothing] *= 1.8 - w.intent
	// Demos and trials take a wish that has grown.
	ripe := w.intent * w.intent * (0.6 + 0.3*float64(min(n, 4)))
	weights[demo] *= 2.2 * ripe
	weights[trial] *= 2.0 * ripe
	weights[contact] *= 2.0 * ripe
	if w.asked {
		weights[demo] = 0
	}
	if w.signedUp {
		weights[trial] = 0
	}
	return weighted(w.dice, weights[:])
}

// reach is what follows a form that was sent.
func (w *walk) reach(at lead.Time, goal, device int) {
	full := goal == demo || goal == contact || goal == trial || w.chance(0.4)
	w.identify(at, device, full)
	track := func(delay int64, name, item string) {
		w.do(act{at: at.Add(delay), deed: tracks, device: device, page: forms[goal], name: name, item: item})
	}
	switch goal {
	case ebook:
		track(2*lead.Second, "Ebook Downloaded", one(w.dice, ebooks))
	case caseStudy:
		track(2*lead.Second, "Case Study Downloaded", one(w.dice, caseStudies))
	case contact:
		w.raise(at)
		track(lead.Second, "Contact Requested", "")
	case demo:
		w.asked = true
		w.raise(at)
		track(lead.Second, "Demo Requested", "")
	case trial:
		w.signedUp, w.tried = true, at
		plan := one(w.dice, plans)
		// The product says so, not the browser.
		w.do(act{at: at.Add(lead.Second), deed: tracks, device: -1, name: "Signed Up", item: plan})
		w.do(act{at: at.Add(3 * lead.Second), deed: tracks, device: -1, name: "Trial Started", item: plan})
	case webinar:
		if w.chance(0.35 + 0.4*w.intent) {
			start := nextWebinar(at)
			late := w.between(0, 12)
			title := webinars[newDice(w.webinars, saltWebinar, uint64(start)).IntN(len(webinars))]
			w.do(act{at: start.Add(int64(late * float64(lead.Minute))), deed: tracks, device: -1, name: "Webinar Attended", item: title})
		}
	}
}

// raise notes that the person asked for somebody.
func (w *walk) raise(at lead.Time) {
	if w.raised == 0 {
		w.raised = at
	}
}

// nextWebinar is the first Thursday, 15:00 UTC, after t.
func nextWebinar(t lead.Time) lead.Time {
	const thursday = 4
	day := midnight(t)
	for {
		at := day.Add(15 * lead.Hour)
		if int(day.UTC().Weekday()) == thursday && at > t {
			return at
		}
		day = day.Add(lead.Day)
	}
}

func (w *walk) identify(at lead.Time, device int, full bool) {
	w.do(act{at: at, deed: identifies, device: device, full: full})
	w.connected[device] = true
	if w.known != 0 {
		return
	}
	w.known = at
	if w.works() && w.chance(0.7) {
		w.do(act{at: at.Add(int64(w.between(2, 40) * float64(lead.Second))), deed: enriches, device: -1})
	}
}

// letters is how many newsletters somebody gets, one a week, before the company
// gives up.
const letters = 12

// mails are the newsletters after the person became known, and what comes of them.
func (w *walk) mails() {
	const tuesday = 2
	day := midnight(w.known).Add(lead.Day)
	for int(day.UTC().Weekday()) != tuesday {
		day = day.Add(lead.Day)
	}
	reads := w.reads * (0.4 + 0.9*w.intent)
	if w.purchased {
		reads *= 0.3
	}
	private := w.chance(0.12) // a program of theirs opens every mail at once
	for week := range letters {
		sent := day.Add(int64(week)*lead.Week + 9*lead.Hour)
		subject := newsletters[week%len(newsletters)]
		mail := func(at lead.Time, name string) {
			w.do(act{at: at, deed: tracks, device: -1, name: name, item: subject, letter: week + 1})
		}
		mail(sent, "Email Sent")
		if week == 0 && w.purchased && w.chance(0.15) {
			mail(sent.Add(4*lead.Second), "Email Bounced") // lists are old
			return
		}
		if private {
			mail(sent.Add(lead.Second+int64(w.ExpFloat64()*20*float64(lead.Second))), "Email Opened")
		}
		// Interest in mails fades.
		if !w.chance(reads * math.Pow(0.94, float64(week))) {
			continue
		}
		opened := w.attend(sent.Add(int64(w.ExpFloat64() * 6 * float64(lead.Hour))))
		mail(opened, "Email Opened")
		if w.chance(0.02 + 0.05*(1-w.intent)*(1-w.intent)) {
			mail(opened.Add(40*lead.Second), "Unsubscribed")
			return
		}
		if !w.chance(0.08 + 0.35*w.intent) {
			continue
		}
		clicked := opened.Add(int64(w.between(5, 90) * float64(lead.Second)))
		mail(clicked, "Email Clicked")
		w.mailVisit(clicked.Add(2 * lead.Second))
	}
}

// mailVisit is a short stay that began with a link in a mail, which tells the
// site who comes.
func (w *walk) mailVisit(at lead.Time) {
	device := w.IntN(len(w.devices))
	if !w.connected[device] {
		w.connected[device] = true
		w.do(act{at: at, deed: identifies, device: device})
	}
	for i := range 1 + int(w.ExpFloat64()*(0.6+2*w.intent)) {
		if i == 6 {
			break
		}
		a := act{at: at, deed: views, device: device}
		section := blog
		if i == 0 {
			a.campaign = mailing
		} else {
			section = weighted(w.dice, w.interest[:])
		}
		a.page = one(w.dice, pages[section])
		w.do(a)
		at = at.Add(int64(w.between(8, 120) * float64(lead.Second)))
	}
}
