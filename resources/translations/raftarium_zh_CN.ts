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
    <name>Chip</name>
    <message>
        <source>%1: %2</source>
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
    <name>Pace</name>
    <message>
        <source>heartbeat %1, election %2</source>
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
    <name>raftarium::gui::Desk</name>
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
    <name>raftarium::gui::KeysModel</name>
    <message>
        <source>%1 deleted at revision %2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 is not there any more: nothing was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1 was not deleted: it was changed meanwhile, at revision %2.</source>
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
    <name>raftarium::gui::Session</name>
    <message>
        <source>−%1 s</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This is a recording: there is no cluster to act on.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no action called &quot;%1&quot;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no running cluster to write to.</source>
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
    <name>raftarium::gui::TimelineItem</name>
    <message>
        <source>%1  %2 stopped</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>%1  %2: %3, term %4</source>
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
