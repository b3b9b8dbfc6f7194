/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A team of MPI ranks on one run.
 *
 * Contents
 *   1. waiting        3. the other ranks
 *   2. the leader     4. the team
 *
 * A thread of the leader answers the other ranks' requests for points while the leader
 * computes as they do.  In each rank one thread at a time calls MPI
 * (MPI_THREAD_SERIALIZED): in the leader that thread between begin and gather, in the
 * others whoever takes points.  MPI's own waiting spins; ours sleeps, so that a rank that
 * waits leaves its processor to the others.
 *
 * MPI's default error handler ends all ranks: a call that returns has succeeded.
 */
#include "config.h"

#include "core/team_mpi.h"

#ifndef FM_HAVE_MPI

fm_status
fm_team_mpi_start(fm_team *team_out, fm_error *err)
{
    (void)team_out;
    return FM_FAIL(err, FM_EUSAGE,
                   "several MPI ranks, but this program was built without MPI "
                   "(configure --enable-mpi)");
}

fm_status
fm_team_mpi_agree(const fm_team *team, fm_status mine)
{
    (void)team;
    return mine;
}

void
fm_team_mpi_abort(const fm_team *team, int code)
{
    (void)team;
    (void)code;
}

void
fm_team_mpi_stop(fm_team *team)
{
    (void)team;
}

#else

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include <mpi.h>

enum {
    TAG_REQUEST = 1, /* to the leader: request */
    TAG_PIECE = 2,   /* from the leader: fm_range, empty when nothing is left */
    PIECES_MAX = 4096,
    WAIT_MIN_NS = 20000,
    WAIT_MAX_NS = 1000000
};

/* A rank asks for as much as takes it about this long: often enough for balance, seldom
 * enough for the leader. */
static const double batch_min_s = 0.02;
static const double batch_max_s = 0.1;

typedef struct request {
    uint64_t pieces; /* wanted; 0: the rank has saved its parts and takes no more */
    uint64_t status; /* of the rank, with pieces 0 */
    fm_team_counts counts;
} request;
enum {
    REQUEST_WORDS = sizeof(request) / sizeof(uint64_t)
};

typedef struct mpi_team {
    int rank, size;
    fm_todo *todo;           /* the leader's */
    fm_team_counts *told;    /* [size] by the ranks; the leader's */
    bool closed;             /* a rank has failed or was stopped: hand out no more */
    pthread_mutex_t cutting; /* guards these three */
    pthread_t answerer;
    bool answering;
    fm_status worst; /* of the other ranks; the answering thread writes it */
    fm_todo batch;   /* other ranks: what the leader gave */
    fm_range given[1];
    uint64_t pieces; /* to ask for next */
    double asked_s;  /* when it was asked last; 0: never */
    bool empty;      /* the leader has nothing left */
} mpi_team;

/* ---- 1. waiting ------------------------------------------------------------------ */

static double
clock_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Sleeps a little longer each time. */
static void
doze(long *wait_ns)
{
    struct timespec t = {.tv_nsec = *wait_ns};

    (void)nanosleep(&t, NULL);
    *wait_ns = *wait_ns * 2 < WAIT_MAX_NS ? *wait_ns * 2 : WAIT_MAX_NS;
}

static void
wait_for(MPI_Request *pending)
{
    long wait_ns = WAIT_MIN_NS;
    int done = 0;

    for (;;) {
        (void)MPI_Test(pending, &done, MPI_STATUS_IGNORE);
        if (done)
            return;
        doze(&wait_ns);
    }
}

/* Rank 0's status, in every rank. */
static fm_status
share(fm_status mine)
{
    int64_t status = (int64_t)mine;
    MPI_Request pending;

    (void)MPI_Ibcast(&status, 1, MPI_INT64_T, 0, MPI_COMM_WORLD, &pending);
    wait_for(&pending);
    return (fm_status)status;
}

static fm_status
worse(fm_status a, fm_status b)
{
    if (a == FM_OK || (a == FM_EINTERRUPT && b != FM_OK))
        return b;
    return a;
}

/* ---- 2. the leader --------------------------------------------------------------- */

/* Neighbouring pieces as one range, at most `pieces` of them; false: there is none. */
static bool
cut(mpi_team *team, uint64_t pieces, fm_range *range_out, uint64_t *most_out)
{
    (void)pthread_mutex_lock(&team->cutting);
    uint64_t most = team->todo->most;
    team->todo->most = most * (pieces < PIECES_MAX ? pieces : PIECES_MAX);
    bool any = !team->closed && fm_todo_take(team->todo, range_out);
    team->todo->most = most;
    (void)pthread_mutex_unlock(&team->cutting);
    *most_out = most;
    return any;
}

static void
close_todo(mpi_team *team)
{
    (void)pthread_mutex_lock(&team->cutting);
    team->closed = true;
    (void)pthread_mutex_unlock(&team->cutting);
}

/* Answers one request; counts a rank that has finished. */
static void
answer(mpi_team *team, int from, int *finished)
{
    fm_range reply[2] = {{0, 0}, {0, 0}}; /* the points; the size of a piece */
    request asked;

    (void)MPI_Recv(&asked, REQUEST_WORDS, MPI_UINT64_T, from, TAG_REQUEST, MPI_COMM_WORLD,
                   MPI_STATUS_IGNORE);
    (void)pthread_mutex_lock(&team->cutting);
    team->told[from] = asked.counts;
    (void)pthread_mutex_unlock(&team->cutting);
    if (asked.pieces == 0) {
        team->worst = worse(team->worst, (fm_status)asked.status);
        if (team->worst != FM_OK)
            close_todo(team);
        ++*finished;
        return;
    }
    if (!cut(team, asked.pieces, &reply[0], &reply[1].first))
        reply[0] = (fm_range){0, 0};
    (void)MPI_Send(reply, 4, MPI_UINT64_T, from, TAG_PIECE, MPI_COMM_WORLD);
}

static void *
answer_all(void *arg)
{
    mpi_team *team = arg;
    long wait_ns = WAIT_MIN_NS;
    int finished = 0;

    while (finished < team->size - 1) {
        MPI_Status from;
        int waiting = 0;
        (void)MPI_Iprobe(MPI_ANY_SOURCE, TAG_REQUEST, MPI_COMM_WORLD, &waiting, &from);
        if (waiting) {
            answer(team, from.MPI_SOURCE, &finished);
            wait_ns = WAIT_MIN_NS;
        } else {
            doze(&wait_ns);
        }
    }
    return NULL;
}

/* ---- 3. the other ranks ---------------------------------------------------------- */

/* Twice as much when the last batch took no time, half when it took long. */
static void
adapt(mpi_team *team)
{
    double now = clock_s();
    double took_s = now - team->asked_s;

    if (team->asked_s > 0 && took_s < batch_min_s && team->pieces < PIECES_MAX)
        team->pieces *= 2;
    else if (team->asked_s > 0 && took_s > batch_max_s && team->pieces > 1)
        team->pieces /= 2;
    team->asked_s = now;
}

/* Asks the leader for the next batch. */
static bool
ask(mpi_team *team, const fm_team_counts *mine)
{
    adapt(team);
    request asked = {.pieces = team->pieces, .counts = *mine};
    fm_range reply[2] = {{0, 0}, {0, 0}};
    MPI_Request pending;

    (void)MPI_Irecv(reply, 4, MPI_UINT64_T, 0, TAG_PIECE, MPI_COMM_WORLD, &pending);
    (void)MPI_Send(&asked, REQUEST_WORDS, MPI_UINT64_T, 0, TAG_REQUEST, MPI_COMM_WORLD);
    wait_for(&pending);
    team->empty = reply[0].first >= reply[0].end;
    team->given[0] = reply[0];
    team->batch = (fm_todo){.ranges = {.list = team->given, .n = 1, .capacity = 1},
                            .most = reply[1].first};
    return !team->empty;
}

/* ---- 4. the team ----------------------------------------------------------------- */

static fm_status
begin(void *arg, fm_status mine, fm_todo *todo)
{
    mpi_team *team = arg;

    fm_status st = share(mine);
    if (team->rank != 0 || st != FM_OK)
        return st;
    team->todo = todo;
    if (team->size > 1) {
        if (pthread_create(&team->answerer, NULL, answer_all, team) != 0)
            (void)MPI_Abort(MPI_COMM_WORLD, 1); /* the others wait for answers */
        team->answering = true;
    }
    return FM_OK;
}

static bool
take(void *arg, const fm_team_counts *mine, fm_range *piece_out)
{
    mpi_team *team = arg;
    uint64_t most = 0;

    if (team->rank == 0)
        return cut(team, 1, piece_out, &most);
    while (!fm_todo_take(&team->batch, piece_out))
        if (team->empty || !ask(team, mine))
            return false;
    return true;
}

static fm_status
gather(void *arg, fm_status mine, const fm_team_counts *counts)
{
    mpi_team *team = arg;
    request finished = {.pieces = 0, .status = (uint64_t)mine, .counts = *counts};

    if (team->rank != 0) {
        (void)MPI_Send(&finished, REQUEST_WORDS, MPI_UINT64_T, 0, TAG_REQUEST,
                       MPI_COMM_WORLD);
    } else if (team->answering) {
        if (mine != FM_OK)
            close_todo(team);
        (void)pthread_join(team->answerer, NULL);
        team->answering = false;
        mine = worse(mine, team->worst);
    }
    return share(mine);
}

static fm_team_counts
others(void *arg)
{
    mpi_team *team = arg;
    fm_team_counts sum = {0};

    (void)pthread_mutex_lock(&team->cutting);
    for (int i = 1; i < team->size; i++) {
        sum.done += team->told[i].done;
        sum.failed += team->told[i].failed;
        sum.saved += team->told[i].saved;
    }
    (void)pthread_mutex_unlock(&team->cutting);
    return sum;
}

static fm_status
end(void *arg, fm_status mine)
{
    (void)arg;
    return share(mine);
}

fm_status
fm_team_mpi_start(fm_team *team_out, fm_error *err)
{
    int provided = 0;
    mpi_team *team = calloc(1, sizeof *team);

    if (team == NULL)
        return FM_FAIL(err, FM_ENOMEM, "out of memory");
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS ||
        provided < MPI_THREAD_SERIALIZED ||
        MPI_Comm_rank(MPI_COMM_WORLD, &team->rank) != MPI_SUCCESS ||
        MPI_Comm_size(MPI_COMM_WORLD, &team->size) != MPI_SUCCESS) {
        free(team);
        return FM_FAIL(err, FM_EINTERNAL, "MPI does not start with threads");
    }
    team->told = calloc((size_t)team->size, sizeof *team->told);
    if (team->told == NULL)
        (void)MPI_Abort(MPI_COMM_WORLD, 1); /* the others wait for this one */
    (void)pthread_mutex_init(&team->cutting, NULL);
    team->pieces = 1;
    *team_out = (fm_team){.leader = team->rank == 0,
                          .n_processes = team->size,
                          .arg = team,
                          .begin = begin,
                          .take = take,
                          .gather = gather,
                          .end = end,
                          .others = others};
    return FM_OK;
}

fm_status
fm_team_mpi_agree(const fm_team *team, fm_status mine)
{
    (void)team;
    return share(mine);
}

void
fm_team_mpi_abort(const fm_team *team, int code)
{
    (void)team;
    (void)MPI_Abort(MPI_COMM_WORLD, code);
}

void
fm_team_mpi_stop(fm_team *team)
{
    mpi_team *mine = team->arg;

    if (mine == NULL)
        return;
    (void)MPI_Finalize();
    (void)pthread_mutex_destroy(&mine->cutting);
    free(mine->told);
    free(mine);
    *team = (fm_team){0};
}

#endif
