<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>Controls</name>
    <message numerus="yes">
        <source>Heal all (%n cut)</source>
        <translation>
            <numerusform>Heal all (%n cut)</numerusform>
            <numerusform>Heal all (%n cut)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Feed</name>
    <message numerus="yes">
        <source>%1  (and %n like it)</source>
        <translation>
            <numerusform>%1  (and %n like it)</numerusform>
            <numerusform>%1  (and %n like it)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1  (%n times)</source>
        <translation>
            <numerusform>%1  (%n time)</numerusform>
            <numerusform>%1  (%n times)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message numerus="yes">
        <source>%1 · %n nodes</source>
        <translation>
            <numerusform>%1 · %n node</numerusform>
            <numerusform>%1 · %n nodes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>KeysPanel</name>
    <message numerus="yes">
        <source>%1 of %n keys</source>
        <translation>
            <numerusform>%1 of %n key</numerusform>
            <numerusform>%1 of %n keys</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n keys</source>
        <translation>
            <numerusform>%n key</numerusform>
            <numerusform>%n keys</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>History of %1 · %n generations</source>
        <translation>
            <numerusform>History of %1 · %n generation</numerusform>
            <numerusform>History of %1 · %n generations</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StageModel</name>
    <message numerus="yes">
        <source>%1 · %2 of %n votes</source>
        <translation>
            <numerusform>%1 · %2 of %n vote</numerusform>
            <numerusform>%1 · %2 of %n votes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WalPanel</name>
    <message numerus="yes">
        <source>%n records</source>
        <translation>
            <numerusform>%n record</numerusform>
            <numerusform>%n records</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>WatchesPanel</name>
    <message numerus="yes">
        <source>%1 · %n events</source>
        <translation>
            <numerusform>%1 · %n event</numerusform>
            <numerusform>%1 · %n events</numerusform>
        </translation>
    </message>
</context>
</TS>
