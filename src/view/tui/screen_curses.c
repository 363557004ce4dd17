// SPDX-License-Identifier: GPL-2.0-only
/*
 * The screen on ncurses. curses itself catches SIGWINCH. Faults are ours: they get the terminal
 * back with what may be called in a handler, then kill. So is SIGTSTP: curses would give the screen
 * back in the handler, in the midst of whatever it was doing itself.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <curses.h>

#include "util/array.h"
#include "view/keys.h"
#include "view/tui/screen.h"

static struct screen *screen; /* SCREEN of curses */
static struct termios saved;
static bool colours;
static volatile sig_atomic_t scrambled;	 /* others may have written on it: draw it anew */
static volatile sig_atomic_t stop_asked; /* by Ctrl-Z */
static bool mouse_told;			 /* it is told */
static char leave[160]; /* bytes that make the terminal show its usual screen and cursor */

/* How a style looks: without colours, with them, and the pair of colours. */
struct look {
	attr_t attribute;
	attr_t with_colour;
	short foreground; /* of the pair; -1 = as usual */
	short background;
	short pair; /* 0 = the usual one */
};

static const struct look attributes[CANVAS_NR_STYLES] = {
	[CANVAS_PLAIN] = { A_NORMAL, A_NORMAL, -1, -1, 0 },
	[CANVAS_TITLE] = { A_BOLD, A_BOLD, -1, -1, 0 },
	[CANVAS_HEADER] = { A_REVERSE, A_REVERSE, -1, -1, 0 },
	[CANVAS_DIM] = { A_NORMAL, A_DIM, -1, -1, 0 },
	[CANVAS_WARN] = { A_BOLD | A_UNDERLINE, A_BOLD, COLOR_RED, -1, 1 },
	[CANVAS_PICKED] = { A_BOLD | A_UNDERLINE, A_BOLD, COLOR_WHITE, COLOR_BLUE, 2 },
	[CANVAS_GRAPH] = { A_NORMAL, A_NORMAL, COLOR_CYAN, -1, 3 },
	[CANVAS_CLASS + 0] = { A_NORMAL, A_NORMAL, COLOR_RED, -1, 4 },
	[CANVAS_CLASS + 1] = { A_NORMAL, A_NORMAL, COLOR_MAGENTA, -1, 5 },
	[CANVAS_CLASS + 2] = { A_NORMAL, A_NORMAL, COLOR_YELLOW, -1, 6 },
	[CANVAS_CLASS + 3] = { A_NORMAL, A_NORMAL, COLOR_CYAN, -1, 7 },
	[CANVAS_CLASS + 4] = { A_NORMAL, A_NORMAL, COLOR_BLUE, -1, 8 },
	[CANVAS_CLASS + 5] = { A_NORMAL, A_NORMAL, COLOR_GREEN, -1, 9 },
	[CANVAS_CLASS + 6] = { A_BOLD, A_BOLD, COLOR_RED, -1, 10 },
	[CANVAS_CLASS + 7] = { A_BOLD, A_BOLD, COLOR_YELLOW, -1, 11 },
};

/* Eight colours do; NO_COLOR, when it says anything, asks for none (no-color.org). */
static void open_colours(void)
{
	const char *none = getenv("NO_COLOR");

	colours = !(none && *none) && has_colors() && start_color() != ERR && COLOR_PAIRS > 11;
	if (!colours)
		return;
	use_default_colors();
	for (size_t i = 0; i < CANVAS_NR_STYLES; i++)
		if (attributes[i].pair)
			init_pair(attributes[i].pair, attributes[i].foreground,
				  attributes[i].background);
}

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

static void add_leave(const char *text)
{
	size_t len = strlen(leave);

	if (text && len + strlen(text) < sizeof(leave))
		memcpy(leave + len, text, strlen(text) + 1);
}

/* As curses has it: the terminal's own string (user_caps(5)), else that of what may be an xterm. */
static const char *mouse_off(void)
{
	const char *text = capability("XM");

	if (text)
		return tiparm(text, 0);
	return capability("kmous") || strstr(termname(), "xterm") ? "\033[?1000l" : NULL;
}

static void on_continue(int signo)
{
	(void)signo;
	scrambled = 1;
}

static void on_stop(int signo)
{
	(void)signo;
	stop_asked = 1;
}

/* Between two keys: the screen is given back, and taken again by who draws it anew. */
static void stop_here(void)
{
	const struct sigaction usual = { .sa_handler = SIG_DFL };
	struct sigaction ours;

	stop_asked = 0;
	endwin();
	sigaction(SIGTSTP, &usual, &ours);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
	scrambled = 1;
}

/*
 * Signals that end a program unless it says otherwise, as ours does of two; no handler is called
 * for KILL and STOP.
 */
static bool ends_program(int signo)
{
	static const int others[] = { SIGKILL, SIGSTOP,	 SIGCHLD, SIGCONT, SIGURG, SIGPIPE,
				      SIGXFSZ, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (others[i] == signo)
			return false;
	return true;
}

/* A stack of its own, as a stack that is too small may be the fault. */
static void catch_faults(void)
{
	static char space[1 << 16];
	const stack_t stack = { .ss_sp = space, .ss_size = sizeof(space) };
	const struct sigaction fault = {
		.sa_handler = on_fault, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK)
	};
	const struct sigaction again = { .sa_handler = on_continue, .sa_flags = SA_RESTART };
	const struct sigaction stop = { .sa_handler = on_stop, .sa_flags = SA_RESTART };

	leave[0] = '\0';
	add_leave(mouse_off());
	add_leave(capability("sgr0"));
	add_leave(capability("cnorm"));
	add_leave(capability("rmkx"));
	add_leave(capability("rmcup"));
	sigaltstack(&stack, NULL);
	for (int signo = 1; signo <= SIGRTMAX; signo++)
		if (ends_program(signo))
			sigaction(signo, &fault, NULL);
	sigaction(SIGCONT, &again, NULL);
	sigaction(SIGTSTP, &stop, NULL);
}

/*
 * curses takes LINES and COLUMNS for the size at all times, which may be those of another terminal:
 * they are for one that does not know its own, a serial line.
 */
static void take_size(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		return;
	unsetenv("LINES");
	unsetenv("COLUMNS");
}

int screen_open(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !term || !*term ||
	    !strcmp(term, "dumb") || tcgetattr(STDOUT_FILENO, &saved))
		return -ENOTTY;
	setlocale(LC_CTYPE, "");
	take_size();
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return -ENOTTY;
	if (!capability("cup")) {
		screen_close();
		return -ENOTTY;
	}
	atexit(screen_close);
	catch_faults();
	open_colours();
	set_escdelay(100); /* a key that begins with Esc comes at once, Esc alone a little later */
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	mouseinterval(0); /* a press is told at once */
	return 0;
}

void screen_size(unsigned int *columns, unsigned int *rows)
{
	*columns = COLS > 0 ? (unsigned int)COLS : 80;
	*rows = LINES > 0 ? (unsigned int)LINES : 24;
}

bool screen_has_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* Text of one style. Each cell is put at its place: a terminal of other widths stays in step. */
static unsigned int show_run(const struct canvas *c, unsigned int row, unsigned int column)
{
	uint8_t style = canvas_cell(c, row, column)->style;
	attr_t attribute = attributes[style].attribute;

	if (colours)
		attribute = attributes[style].with_colour | COLOR_PAIR(attributes[style].pair);
	attrset((int)attribute);
	do {
		const char *text = canvas_cell(c, row, column)->text;

		if (*text)
			mvaddstr((int)row, (int)column, text);
		column++;
	} while (column < c->columns && canvas_cell(c, row, column)->style == style);
	return column;
}

void screen_show(const struct canvas *c)
{
	if (scrambled) {
		/* its modes as well may be those of a shell */
		scrambled = 0;
		endwin();
		clearok(curscr, TRUE);
	}
	erase();
	for (unsigned int row = 0; row < c->rows && (int)row < LINES; row++)
		for (unsigned int column = 0; column < c->columns && (int)column < COLS;)
			column = show_run(c, row, column);
	attrset(A_NORMAL);
	refresh();
}

int screen_key(void)
{
	static const struct {
		int curses;
		int key;
	} keys[] = {
		{ ERR, KEY_CODE_NONE },
		{ KEY_UP, KEY_CODE_UP },
		{ KEY_DOWN, KEY_CODE_DOWN },
		{ KEY_PPAGE, KEY_CODE_PAGE_UP },
		{ KEY_NPAGE, KEY_CODE_PAGE_DOWN },
		{ KEY_HOME, KEY_CODE_HOME },
		{ KEY_END, KEY_CODE_END },
		{ KEY_BTAB, KEY_CODE_BACK_TAB },
		{ KEY_BACKSPACE, KEY_CODE_ERASE },
		{ 127, KEY_CODE_ERASE },
		{ 8, KEY_CODE_ERASE },
		{ KEY_ENTER, KEY_CODE_ENTER },
		{ '\n', KEY_CODE_ENTER },
		{ KEY_RESIZE, KEY_CODE_RESIZE },
		{ KEY_MOUSE, KEY_CODE_MOUSE },
	};
	int got;

	if (stop_asked)
		stop_here();
	got = scrambled ? KEY_RESIZE : getch();
	if (got == CTRL('L')) {
		scrambled = 1;
		got = KEY_RESIZE;
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].curses == got)
			return keys[i].key;
	return got > 0 && got < 0x7f ? got : KEY_CODE_OTHER;
}

void screen_use_mouse(bool on)
{
	if (on == mouse_told)
		return;
	mouse_told = on;
	mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
}

bool screen_mouse(struct mouse *m)
{
	MEVENT e;

	if (getmouse(&e) != OK || e.x < 0 || e.y < 0)
		return false;
	m->row = (unsigned int)e.y;
	m->column = (unsigned int)e.x;
	if (e.bstate & BUTTON4_PRESSED)
		m->act = MOUSE_WHEEL_UP;
	else if (e.bstate & BUTTON5_PRESSED)
		m->act = MOUSE_WHEEL_DOWN;
	else
		m->act = MOUSE_PRESS;
	return m->act != MOUSE_PRESS || e.bstate & BUTTON1_PRESSED;
}

void screen_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
}
