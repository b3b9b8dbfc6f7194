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
    int64_t status;  /* of the rank, with pieces 0 */
} request;

typedef struct mpi_team {
    int rank, size;
    fm_todo *todo;           /* the leader's */
    pthread_mutex_t cutting; /* guards it */
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

static fm_status
wait_for(MPI_Request *pending)
{
    long wait_ns = WAIT_MIN_NS;
    int done = 0;

    for (;;) {
        if (MPI_Test(pending, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
            return FM_EINTERNAL;
        if (done)
            return FM_OK;
        doze(&wait_ns);
    }
}

/* Rank 0's status, in every rank. */
static fm_status
share(fm_status mine)
{
    int64_t status = (int64_t)mine;
    MPI_Request pending;

    if (MPI_Ibcast(&status, 1, MPI_INT64_T, 0, MPI_COMM_WORLD, &pending) != MPI_SUCCESS)
        return FM_EINTERNAL;
    fm_status st = wait_for(&pending);
    return st != FM_OK ? st : (fm_status)status;
}

static fm_status
worse(fm_status a, fm_status b)
{
    if (a == FM_OK || (a == FM_EINTERRUPT && b != FM_OK))
        return b;
    return a;
}

/* ---- 2. the leader --------------------------------------------------------------- */

/* Neighbouring pieces as one range, at most `pieces` of them. */
static fm_range
cut(mpi_team *team, uint64_t pieces)
{
    fm_range range = {0, 0};

    (void)pthread_mutex_lock(&team->cutting);
    uint64_t most = team->todo->most;
    team->todo->most = most * (pieces < PIECES_MAX ? pieces : PIECES_MAX);
    if (!fm_todo_take(team->todo, &range))
        range = (fm_range){0, 0};
    team->todo->most = most;
    (void)pthread_mutex_unlock(&team->cutting);
    return range;
}

/* Answers one request; counts a rank that has finished. */
static fm_status
answer(mpi_team *team, int from, int *finished)
{
    request asked;

    if (MPI_Recv(&asked, 2, MPI_INT64_T, from, TAG_REQUEST, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE) != MPI_SUCCESS)
        return FM_EINTERNAL;
    if (asked.pieces == 0) {
        team->worst = worse(team->worst, (fm_status)asked.status);
        ++*finished;
        return FM_OK;
    }
    fm_range reply[2] = {cut(team, asked.pieces), {team->todo->most, 0}};
    return MPI_Send(reply, 4, MPI_UINT64_T, from, TAG_PIECE, MPI_COMM_WORLD) ==
                   MPI_SUCCESS
               ? FM_OK
               : FM_EINTERNAL;
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
        fm_status st = MPI_Iprobe(MPI_ANY_SOURCE, TAG_REQUEST, MPI_COMM_WORLD, &waiting,
                                  &from) == MPI_SUCCESS
                           ? FM_OK
                           : FM_EINTERNAL;
        if (st == FM_OK && waiting) {
            st = answer(team, from.MPI_SOURCE, &finished);
            wait_ns = WAIT_MIN_NS;
        } else if (st == FM_OK) {
            doze(&wait_ns);
        }
        if (st != FM_OK) {
            team->worst = st;
            break;
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
ask(mpi_team *team)
{
    adapt(team);
    request asked = {.pieces = team->pieces};
    fm_range reply[2] = {{0, 0}, {0, 0}};
    MPI_Request pending;

    if (MPI_Irecv(reply, 4, MPI_UINT64_T, 0, TAG_PIECE, MPI_COMM_WORLD, &pending) !=
            MPI_SUCCESS ||
        MPI_Send(&asked, 2, MPI_INT64_T, 0, TAG_REQUEST, MPI_COMM_WORLD) != MPI_SUCCESS ||
        wait_for(&pending) != FM_OK || reply[0].first >= reply[0].end) {
        team->empty = true;
        return false;
    }
    team->given[0] = reply[0];
    team->batch = (fm_todo){.ranges = {.list = team->given, .n = 1, .capacity = 1},
                            .most = reply[1].first};
    return true;
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
take(void *arg, fm_range *piece_out)
{
    mpi_team *team = arg;

    if (team->rank == 0) {
        *piece_out = cut(team, 1);
        return piece_out->first < piece_out->end;
    }
    while (!fm_todo_take(&team->batch, piece_out))
        if (team->empty || !ask(team))
            return false;
    return true;
}

static fm_status
gather(void *arg, fm_status mine)
{
    mpi_team *team = arg;
    request finished = {.pieces = 0, .status = (int64_t)mine};

    if (team->rank == 0 && team->answering) {
        (void)pthread_join(team->answerer, NULL);
        team->answering = false;
        mine = worse(mine, team->worst);
    } else if (team->rank != 0 && MPI_Send(&finished, 2, MPI_INT64_T, 0, TAG_REQUEST,
                                           MPI_COMM_WORLD) != MPI_SUCCESS) {
        mine = FM_EINTERNAL;
    }
    return share(mine);
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
    (void)pthread_mutex_init(&team->cutting, NULL);
    team->pieces = 1;
    *team_out = (fm_team){.leader = team->rank == 0,
                          .n_processes = team->size,
                          .arg = team,
                          .begin = begin,
                          .take = take,
                          .gather = gather,
                          .end = end};
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
    free(mine);
    *team = (fm_team){0};
}

#endif
