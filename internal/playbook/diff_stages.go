package playbook

// Statements that hold of a thing or do not; what else is said of it has a value.
const (
	byPeopleOnly = "entered by people only"
	sideEntrance = "a side entrance"
	leftAgain    = "left when its criterion no longer holds"
	leftForGood  = "left by people only"
	eachCycle    = "counted anew in each cycle"
	ownerFirst   = "routed to the account's owner first"
	mustAnswer   = "required"
)

var statements = map[string]bool{
	byPeopleOnly: true, sideEntrance: true, leftAgain: true, leftForGood: true, eachCycle: true, ownerFirst: true, mustAnswer: true,
}

// yes is what is said of a statement that holds.
const yes = "yes"

// state says whether a statement holds.
func (i *item) state(statement string, holds bool) {
	if holds {
		i.say(statement, yes)
	} else {
		i.say(statement, "")
	}
}

func (c catalogue) stages() []item {
	var items []item
	for _, s := range c.d.Stages {
		i := c.called(s.Name.Text, s.Label)
		i.say("role", s.Role.Text)
		i.state(byPeopleOnly, s.ByHand)
		i.say("criterion", plain(s.When))
		i.say("fast track", plain(s.FastTrack))
		i.state(leftAgain, s.Back)
		i.say("condition of the way back", plain(s.BackWhen))
		i.say("way back to", s.BackTo.Text)
		i.state(sideEntrance, s.Side)
		items = append(items, i)
	}
	return items
}

func (c catalogue) exits() []item {
	var items []item
	for _, x := range c.d.Exits {
		i := c.called(x.Name.Text, x.Label)
		i.say("role", x.Role.Text)
		i.state(byPeopleOnly, x.ByHand)
		i.say("condition", plain(x.When))
		i.say("reasons", c.quotedAll(x.Reasons))
		i.say("cool-down", c.spanIfAny(x.CoolDown))
		i.state(leftForGood, x.Final)
		items = append(items, i)
	}
	return items
}

func (c catalogue) handRaise() []item {
	if len(c.d.HandRaise) == 0 {
		return nil
	}
	i := item{}
	i.say("signals", set(c.d.HandRaise))
	return []item{i}
}

// expectedWay tells what an example must come to on the lead's way.
func (c catalogue) expectedWay(x *Expectation) []string {
	var told []string
	if x.Cycle != nil {
		told = append(told, c.say("cycle %d", *x.Cycle))
	}
	switch {
	case x.Reason == nil:
	case x.Reason.Text == "":
		told = append(told, c.say("no reason"))
	default:
		told = append(told, c.say("reason %s", c.quoted(x.Reason.Text)))
	}
	if len(x.Entered) > 0 {
		told = append(told, c.say("entered %s", texts(x.Entered, ", ")))
	}
	return told
}
