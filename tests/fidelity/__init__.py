"""How faithful is the sandbox? Everything AWS was recorded to answer, to refuse and to be asked is put beside what the
sandbox and the reconcilers make of it: `make fidelity`, or `python -m tests.fidelity --recordings DIR`.

A case is one recorded answer, one recorded or documented refusal, or one document that somebody really wrote. Its
differences are none (it agrees), all of them explained by a rule with a reason and a source (`explained`), or not
explained, which is a mistake of ours. Nothing here knows a case by its name: rules are about members, shapes and kinds
of message, so they hold for recordings nobody has seen.
"""
