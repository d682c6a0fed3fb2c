<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Bytes</name>
    <message>
        <source>“%1” cannot be read: write a backslash as \\, and other bytes as \n, \t, \r or \xNN.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Cause</name>
    <message>
        <source>no reason given</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its election timeout passed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it won the pre-vote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it won the election</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it lost the election</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it saw a higher term</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it saw a higher term in a message from {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it heard from the leader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} leads this term</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it lost contact with a majority</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was removed from the cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the leader hands leadership over to it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} hands leadership over to it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was asked to campaign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was told to forget its leader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it is new</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it caught up</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its queue is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its queue has room again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>its client cancelled it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the revision that it needs was compacted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a snapshot replaced the store</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it was told to stop</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Chip</name>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Control</name>
    <message>
        <source>action {0}: field &quot;{1}&quot; {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a whole number, not negative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be true or false</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a number from 0 to 1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a list of lists of node names</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be a held message such as n1:42, or all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be deliver, drop or duplicate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>must be classroom, paper, etcd, or an object of times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>has a backslash that begins none of \\ \n \t \r \xNN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>is not one that it has</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an action is an object with a field &quot;action&quot;, such as {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no action &quot;{0}&quot;; the actions are {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a value must follow {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} {1}: must be a time in whole milliseconds, such as 200ms or 1.5s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share {0}: must be 0% to 100%</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>group &quot;{0}&quot; has an empty name</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>message {0}: must be a held message such as n1:42, or all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a pace of your own needs --heartbeat and --election</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} {1}: must be on or off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: a backslash begins none of \\ \n \t \r \xNN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} {1}: must be a whole number, not negative</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no option {0} here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&quot;{0}&quot; is more than there may be</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>say --pre-vote on|off or --check-quorum on|off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>an action begins with what to do, such as kill n2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: {1}; it is written: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>only &quot;raftariumctl cluster&quot; acts on a cluster; the line begins with {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this format of printf is not one that is written here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a quote of this line is not closed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&quot;{0}&quot; has a meaning to the shell: put it in single quotes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>of etcdctl&apos;s commands only put, del of one key, and a transaction of one of these are actions here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no node is running that could be asked: start one first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no held message is called {0}: &apos;raftariumctl cluster held&apos; lists those that are held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: must be classroom, paper or etcd</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the data of all nodes is deleted only when all are stopped, and {0} is not: stop the nodes first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cluster {0} has {1} nodes, as many as there may be: remove one first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is the last node of its cluster: stop the cluster and destroy it instead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} runs {1}, which has no way to do that: only Raftarium&apos;s own nodes have</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is not running: start it first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is paused already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is not paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is paused: resume it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is running already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is paused: resume it first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is still starting: try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no node &quot;{0}&quot;; the nodes are {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a cluster of {0} nodes: the number of nodes must be 1 to 9</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is a cluster &quot;{0}&quot; already ({1}): choose another name, or destroy it first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no cluster &quot;{0}&quot; in {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cluster {0} is running (process {1} supervises it): stop it first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>heartbeat {0} ms: must be 10 ms to 60 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>election timeout {0} ms: must be 2 to 1000 times the heartbeat ({1} ms) and at most 50 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>link delay {0} ms: must be 0 to 60 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is not a directory of this user: the sockets of the nodes would not be safe there; remove it, or set XDG_RUNTIME_DIR to a directory of yours</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cluster name &quot;{0}&quot;: use 1 to 40 of a-z, 0-9 and &apos;-&apos;, not beginning with &apos;-&apos;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no {0} consecutive free ports between {1} and {2} on 127.0.0.1: stop programs that listen there</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}: written by a newer Raftarium (format {1}, this one reads up to {2}): update Raftarium</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no cluster in {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>another process supervises the cluster (it holds {0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a link has two different ends: &quot;{0}&quot; and &quot;{1}&quot; are the same node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>node {0} is in two groups of the partition; each may be in one</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>delay {0} ms with jitter {1} ms: each must be 0 to 60 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>share of lost messages must be 0 to 1 (0% to 100%)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the supervisor is ending</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>socket path {0} is longer than {1} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} did not take the setting: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>no running leader to hand over: wait for an election, or campaign {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is a member now, but did not start: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>wiping {0} alone is not safe: a member that forgot its vote and its log could vote twice in a term and lose acknowledged writes. It has to be removed from the cluster and added again, for which the others must run: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} was removed from the cluster and wiped, but not added again: {1}; wipe it again to try that</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} was removed from the cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>port {0} of {1} is used by another program: end that program, then start the node again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a killed node has not ended yet; its disk may be stuck</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} ended while it was being paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>node program {0} is not an executable file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>raftarium-node not found: no executable {0}; it must stand beside this program (set RAFTARIUM_BIN to its directory)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no program {0} on the path: install it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>there is no cluster &quot;{0}&quot; in {1}: create it with &apos;raftariumctl cluster create {2}&apos;</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is the spec of a cluster called &quot;{1}&quot;: rename its directory, or correct the name in it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>process {0} supervises cluster {1} but does not answer: end that process, then open the cluster again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cluster {0} is not running: start it with &apos;raftariumctl cluster start {1}&apos;, or open it in the app</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the supervisor of cluster {0} is gone: open the cluster again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the supervisor&apos;s answer cannot be read: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the supervisor&apos;s answer is inconsistent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>what listens on the socket of cluster {0} is not its supervisor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>cluster {0} is supervised by a Raftarium of another version: stop the cluster with that one, then open it again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the supervisor&apos;s answer cannot be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pace and faults could not be set: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>removed from the cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>killed ({0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>killed (signal {0})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exited with {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>exited with {0}: {1}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Controls</name>
    <message>
        <source>Write a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pace</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Classroom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paper</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>etcd</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>PreVote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>CheckQuorum</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All links</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Members</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>+ Voter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adds a node that votes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>+ Learner</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Adds a node that gets the log and has no vote yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Draw a partition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag a line between nodes (P)</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Heal all (%n cut)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Heal all</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Dialog</name>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Feed</name>
    <message>
        <source>What happened</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1  (and %n like it)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1  (%n times)</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>request {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} starts an election for term {1}: no sign of a leader for {2} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} starts an election for term {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} asks whether it could win term {1}, before it raises its term</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is leader of term {1}: it has {2} of {3} votes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is leader of term {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} steps down as leader in term {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} gives up its candidacy in term {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} follows {1} in term {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} knows no leader any more in term {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} learns of term {1} from {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} moves to term {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} loses the election of term {1}: {2} granted, {3} refused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} would not win term {1}: {2} granted, {3} refused; it stays in its term</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} votes for {1} in term {2}: its log ends at term {3}, index {4}; the voter&apos;s own at term {5}, index {6}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} would vote for {1} in term {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} refused {1} in term {2}: it already voted for {3}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} refused {1}: its log ends at term {2}, index {3}; the voter&apos;s own at term {4}, index {5}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} would refuse {1}: its log ends at term {2}, index {3}; the voter&apos;s own at term {4}, index {5}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} refused {1}: term {2} already has a leader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} ignored {1}: it heard from its leader within the election timeout</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} refused {1}: it asks for term {2}, which is over</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} drops entries {1} to {2} of term {3}: they conflict with the leader&apos;s log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} has caught up with {1}: both end at entry {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} no longer knows what {1} has: it probes from entry {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} commits up to entry {1}: a majority has it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} commits entry {1}, {2}: a majority has it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} removes the entries before {1} from its log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} waited {1} ms for its disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} took a snapshot at entry {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} sends {1} a snapshot of entry {2}: the entries that {1} lacks are no longer in its log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The snapshot from {0} to {1} failed at {2} of {3} bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} installed the snapshot of entry {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The voters are now {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The voters are now {0}; learning: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Two majorities must agree while members change: one of {0}, and one of {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} starts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} was killed by signal {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} stopped: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} ended with exit code {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is paused: its process stands still</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} runs again after a pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} reports: term {1}, log up to entry {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} reports again: term {1}, log up to entry {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} no longer reports: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} serves clients</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is stopping</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} was removed from the cluster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} is cut off from {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} reaches {1} again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages from {0} to {1} are held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{2} % of the messages from {0} to {1} are lost</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Messages from {0} to {1} take {2} ms longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All links of {0} work again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} ticks every {1} ms: heartbeat {2} ms, election from {3} ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}&apos;s {2} to {1} is lost: the link is cut</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}&apos;s {2} to {1} is lost by chance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}&apos;s {2} is lost: {1} cannot be reached</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}&apos;s {2} to {1} is lost: the queue is full</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}&apos;s {2} to {1} was dropped by hand</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{1} ignored a {2} from {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}&apos;s {2} to {1} is held</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{1} tells {0} to start an election at once</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lease {0} is granted for {1} s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lease {0} is revoked, and its keys are deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lease {0} expired: nobody renewed it; its {1} keys are deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compaction: revisions before {0} will be removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Compaction up to revision {0} is done: {1} rows were removed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alarm {0} on {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Alarm {0} on {1} is cleared</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} has a new watcher of {1}, from revision {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The watcher of {1} on {0} ended: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The watcher of {1} on {0} is behind, from revision {2}: {3}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The watcher of {1} on {0} waits for a slow client: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The watcher of {1} on {0} has caught up to revision {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A client asks {0}: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} forwards to {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} answers: {1}, revision {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} failed: {1}: {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{1} events of {0} are missing: they came faster than they were read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{1} events of {0} were left out under load</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done by hand: {0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tried by hand: {0}; it failed: {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} heard from no leader for {1} ms, the timeout it had drawn</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} was first: {1} would have waited {2} ms longer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} asks the others for their votes in term {1}, showing that its log ends at term {2}, index {3}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} needs {1} votes and has {2}: {3}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No voter of the majority has a newer log than {0}: its log holds all that was committed</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Hide the controls (C)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the controls (C)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n nodes</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>term</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>commit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>revision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Projector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Night</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The other theme (T)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys (?)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watches</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WAL</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pause, play</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to the event before, after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Shift + ←  →</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>to the message before, after</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>slower, faster</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>go live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>select a node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kill the selected node</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>draw a partition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>heal all links</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>hide or show the controls</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>the other theme</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>less motion: no trails, no pulses</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl + +  −  0</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>larger, smaller, as it was</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>this page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>KeysPanel</name>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It is deleted only if it has not changed since revision %1. Its history can be read until the store is compacted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>show keys that begin with …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the keys …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No member answers clients now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n keys</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n keys</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>as of revision %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>revision %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>v%1 @ %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No key begins with “%1”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The store is empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put one above, or from a terminal with etcdctl.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>History of %1 · %n generations</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>History of %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>deleted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>created</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>version %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the revisions …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This key is not in the store.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LinkMenu</name>
    <message>
        <source>%1 – %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut both ways</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut %1 → %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Heal both ways</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delay 0.2 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delay 2 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No delay</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lose half of the messages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Lose no messages</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Main</name>
    <message>
        <source>%1 – Raftarium</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This happens now: go live?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You are looking at the past, which cannot be changed. The cluster has gone on since; this acts on it as it is now.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go live and do it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wipe %1?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its data directory is deleted: its log, its vote, its keys. It comes back empty, as a new member, and gets all from the others. There is no undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its data directory is deleted: its log, its vote, its keys. There is no undo.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wipe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove %1 from the cluster?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The others go on without it; its process ends and its data is deleted. There is no undo, but a new node can be added.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no display here. Run a cluster without one: raftariumctl cluster start demo</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The app ended before the picture was taken.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Message</name>
    <message>
        <source>vote request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pre-vote request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>vote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>refusal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>append</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>acknowledgement</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rejection</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>heartbeat</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>heartbeat answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>call to campaign</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read answer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>proposal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>transfer request</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NodeMenu</name>
    <message>
        <source>%1 · %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Kill (SIGKILL)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop (SIGTERM)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause (SIGSTOP)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Resume (SIGCONT)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Restart</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Call an election now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hand leadership to it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cut off from all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give it a vote</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wipe its data…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove from the cluster…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>NodePanel</name>
    <message>
        <source>No node is selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click a node, or press 1 to 9.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>it does not report now; this is its last known state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Followers, as this leader knows them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>match</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in flight</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reach it with etcdctl</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Options</name>
    <message>
        <source>Open the cluster of this name. If there is none, it is made.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number of nodes of a new cluster, 1 to 9 (5).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pace of a new cluster: classroom, paper or etcd.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show a recording.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record this session into a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The theme: night or projector.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The language: en or zh_CN.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of the window in pixels, such as 1600x1000.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Size of text and controls, 0.7 to 2 (1).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a picture of the window, print the state that it shows as JSON, and exit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Measure what a frame costs, and write it to a file at the end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>When to take the picture: seconds after the cluster opened (10).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>--{0} {1}: give {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch a real Raft cluster at work.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Print this help and exit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Print the version and exit.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{0}” is not an option; see --help</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>night or projector</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>en or zh_CN</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>classroom, paper or etcd</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a number from 1 to 9</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>seconds from 0 to 3600</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>a number from 0.7 to 2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>width x height in pixels, such as 1600x1000</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Role</name>
    <message>
        <source>Follower</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Candidate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pre-candidate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Learner</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SpeedDial</name>
    <message>
        <source>Speed of the view: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How fast the view plays. The pace of the cluster stays the same.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>partition: drag it away to heal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That line has all nodes on one side: draw it between them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Partition</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Heal</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag a line across the stage: it divides the nodes on its two sides.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StageModel</name>
    <message>
        <source>Stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · timeout %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 → rev %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1  +%2</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 · %2 of %n votes</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StateScreen</name>
    <message>
        <source>The cluster did not open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No cluster is open</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>New five-node cluster</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Time</name>
    <message>
        <source>%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1–⁠%2&#xa0;s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1–⁠%2&#xa0;ms</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 µs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1–⁠%2&#xa0;µs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1–⁠%2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>following</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>playing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>paused</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To the event before (←)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>step</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>To the next event (→)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whole</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the whole recording (wheel: zoom, Shift+wheel: move)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go live (L)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>term %1 · %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>term %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the playhead</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The playhead is here: show it</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Toasts</name>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ValueSlider</name>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Wal</name>
    <message>
        <source>node {0}, cluster {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>term {0}, vote none, commit {1}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>term {0}, vote {1}, commit {2}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>carried on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>index {0}, term {1}, {2} voters, {3} learners</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not decodable</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WalPanel</name>
    <message>
        <source>length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>type</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crc</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>data</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>padding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No node is selected</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No files here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Click a node to read its write-ahead log.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A recording has no log files; open the cluster itself to read them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 · member/wal</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n records</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>segment %1 · %2 of %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reading the log …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its bytes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 B</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 KB</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 MB</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WatchesPanel</name>
    <message>
        <source>key (or empty)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>from rev.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>all keys that begin with it</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n events</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>put</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>was %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting for a change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Watch a key</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Put or delete a key that this watch covers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Every put and delete is shown with its revision. From revision 1 on, the past comes first.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>The window could not be drawn: is there a display?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{0} cannot be written: is there such a folder, and does the name end in .png?</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::Actions</name>
    <message>
        <source>This is a recording: there is no cluster to act on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was deleted at revision %2.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not deleted: it has changed meanwhile, or is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no action called “%1”.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no running cluster to write to.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::ClusterLink</name>
    <message>
        <source>Looking for its files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Making a cluster: %1 data directories and ports</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting its nodes</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recording ended: %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The cluster was stopped from outside. Starting a node takes it up again.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::NodeView</name>
    <message>
        <source>none</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>role</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>term</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>voted for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>leader</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>last index</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>committed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>applied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>revision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>last sync</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>none yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>process</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pid %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>not running</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>probe</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>replicate</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::Player</name>
    <message>
        <source>−%1 s</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::StageItem</name>
    <message>
        <source>index %1: %2 does not have it yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>index %1: compacted away</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>index %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>in the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>on disk</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>committed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>applied</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>index %1, term %2: %3 (%4)</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::StageModel</name>
    <message>
        <source>%1, %2, %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not started</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>term %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::Summary</name>
    <message>
        <source>heartbeat %1, election %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::TimelineItem</name>
    <message>
        <source>%1  %2 stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1  %2: %3, term %4</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1  %2</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::WalModel</name>
    <message>
        <source>metadata</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>entry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>conf change</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>state</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>crc</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>snapshot</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>commit %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, offset %2: %3</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>kind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>meaning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>segment %1, offset %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>length</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 bytes, %2 of them padding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1, the chain holds</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 stored, %2 computed: broken</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>raftarium::gui::WatchModel</name>
    <message>
        <source>opening</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>watching from revision %1 on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>ended</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no running cluster to watch.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>That revision is compacted. The oldest that can be read is %1.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
