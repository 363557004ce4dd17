// SPDX-License-Identifier: GPL-2.0-only
/*
 * The screen on ncurses. curses itself catches SIGWINCH and SIGTSTP; the faults are ours: they get
 * the terminal back with what may be called in a handler, then kill.
 */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <curses.h>

#include "util/array.h"
#include "view/tui/screen.h"

static struct screen *screen; /* SCREEN of curses */
static struct termios saved;
static char leave[128]; /* bytes that make the terminal show its usual screen and cursor */

static void on_fault(int signo)
{
	/* The handler was reset when it was called, so this signal now kills. */
	if (write(STDOUT_FILENO, leave, strlen(leave)) < 0)
		_exit(128 + signo);
	tcsetattr(STDOUT_FILENO, TCSANOW, &saved);
	raise(signo);
}

/* The terminal's string for a capability, NULL when it has none. */
static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return (intptr_t)text == -1 ? NULL : text;
}

static void add_leave(const char *name)
{
	const char *text = capability(name);
	size_t len = strlen(leave);

	if (text && len + strlen(text) < sizeof(leave))
		memcpy(leave + len, text, strlen(text) + 1);
}

static void catch_faults(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_RESETHAND | SA_NODEFER };

	leave[0] = '\0';
	add_leave("sgr0");
	add_leave("cnorm");
	add_leave("rmcup");
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		sigaction(faults[i], &action, NULL);
}

int screen_open(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term || !*term ||
	    !strcmp(term, "dumb") || tcgetattr(STDOUT_FILENO, &saved))
		return -ENOTTY;
	setlocale(LC_CTYPE, "");
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return -ENOTTY;
	if (!capability("cup")) {
		screen_close();
		return -ENOTTY;
	}
	atexit(screen_close);
	catch_faults();
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	return 0;
}

void screen_size(unsigned int *columns, unsigned int *rows)
{
	*columns = COLS > 0 ? (unsigned int)COLS : 80;
	*rows = LINES > 0 ? (unsigned int)LINES : 24;
}

void screen_show(const struct page *p)
{
	static const attr_t attributes[] = {
		[PAGE_PLAIN] = A_NORMAL,
		[PAGE_TITLE] = A_BOLD,
		[PAGE_HEADER] = A_REVERSE,
		[PAGE_WARN] = A_BOLD | A_UNDERLINE,
	};

	erase();
	for (unsigned int row = 0; row < p->nr_lines && (int)row < LINES; row++) {
		const struct page_line *line = &p->lines[row];

		attrset((int)attributes[line->style]);
		move((int)row, 0);
		addnstr(line->text, -1);
		if (line->style == PAGE_HEADER)
			chgat(-1, A_REVERSE, 0, NULL);
	}
	attrset(A_NORMAL);
	if ((int)p->nr_lines < LINES)
		mvaddnstr(LINES - 1, 0, "q quit  space pause  ? help", COLS - 1);
	refresh();
}

enum screen_key screen_key(void)
{
	switch (getch()) {
	case ERR:
		return SCREEN_NONE;
	case 'q':
	case 'Q':
		return SCREEN_QUIT;
	case ' ':
		return SCREEN_PAUSE;
	case '?':
	case 'h':
		return SCREEN_HELP;
	case KEY_RESIZE:
		return SCREEN_RESIZE;
	default:
		return SCREEN_OTHER;
	}
}

void screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}
