package identity

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// publicMail are domains where anyone can have an address, so that the domain
// tells no company. Companies' own domains never belong here; the list is of
// the large providers, and errs on the side of being short.
var publicMail = makeSet(`
	gmail.com googlemail.com
	outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de live.com live.co.uk msn.com passport.com
	yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.co.in yahoo.co.jp yahoo.com.br ymail.com rocketmail.com
	icloud.com me.com mac.com
	aol.com aim.com
	proton.me protonmail.com pm.me tutanota.com tuta.io
	gmx.de gmx.net gmx.com gmx.at gmx.ch web.de freenet.de t-online.de
	mail.ru yandex.ru yandex.com
	qq.com 163.com 126.com foxmail.com sina.com
	orange.fr wanadoo.fr free.fr laposte.net sfr.fr
	libero.it virgilio.it tiscali.it
	uol.com.br bol.com.br terra.com.br
	rediffmail.com
	comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
	btinternet.com sky.com ntlworld.com
	naver.com daum.net hanmail.net
	zoho.com fastmail.com hey.com mail.com email.com inbox.com
	seznam.cz wp.pl o2.pl onet.pl interia.pl
`)

func makeSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// Company is the company domain of an address in matching form: the registrable
// domain ("corp.example" of "a@mail.corp.example"), "" for public mail and for
// domains that nobody can register.
func Company(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return ""
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(address[at+1:])
	if err != nil || publicMail[domain] {
		return ""
	}
	return domain
}
